// One operator on given operands: the unit of the equality tests.
import { tensorType } from "../../sdk/program/tensor.ts";
import type { OpName, Step, Tensor, TensorType } from "../../sdk/program/types.ts";
import type { Random } from "./random.ts";

export interface StepCase {
  readonly name: string;
  readonly step: Step;
  readonly operands: readonly Tensor[];
  /** False where ONNX leaves the result open, or a runtime is known to differ or to crash. */
  readonly onnx: boolean;
}

/** What one operator brings: constructed cases at the edges of its meaning, and random ones. */
export interface CaseSource {
  readonly worst: readonly StepCase[];
  random(random: Random): StepCase;
}

export interface CaseOptions {
  readonly name?: string;
  readonly attributes?: readonly (number | bigint)[];
  readonly onnx?: boolean;
}

export function stepCase(
  op: OpName,
  operands: readonly Tensor[],
  out: TensorType,
  { name = "random", attributes = [], onnx = true }: CaseOptions = {},
): StepCase {
  const kind = op === "Collect" ? "slot" : "constant";
  const step: Step = {
    op,
    operands: operands.map(({ type }, index) => ({ source: { kind, index }, type })),
    attributes: attributes.map(BigInt),
    out,
  };
  return { name, step, operands, onnx };
}

/** A type in a random layout. */
export function randomLayout(
  random: Random,
  dtype: TensorType["dtype"],
  shape: readonly number[],
): TensorType {
  return tensorType(dtype, shape, random.chance(0.5) ? random.permutation(shape.length) : undefined);
}
