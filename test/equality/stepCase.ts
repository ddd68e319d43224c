// One operator on given operands: the unit of the equality tests.
import {
  allocate,
  type DType,
  elementCount,
  isWide,
  ONLY_PASS,
  type OpName,
  type Pass,
  type Step,
  type Tensor,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { Random } from "../helpers/random.ts";
import { randomCase } from "../helpers/steps.ts";
import { isExactInOnnxruntime } from "./exactness.ts";

export interface StepCase {
  readonly name: string;
  readonly step: Step;
  readonly operands: readonly Tensor[];
  readonly pass: Pass;
  /** False where ONNX leaves the result open, or a runtime is known to differ or to crash. */
  readonly onnx: boolean;
}

export interface CaseOptions {
  readonly name: string;
  readonly attributes?: readonly (number | bigint)[];
  readonly pass?: Pass;
  readonly onnx?: boolean;
}

export function stepCase(
  op: OpName,
  operands: readonly Tensor[],
  out: TensorType,
  { name, attributes = [], pass = ONLY_PASS, onnx = true }: CaseOptions,
): StepCase {
  const step: Step = {
    op,
    operands: operands.map(({ type }, index) => ({ source: { kind: "slot", index }, type })),
    attributes: attributes.map(BigInt),
    out,
  };
  return { name, step, operands, pass, onnx };
}

/** A tensor whose elements, in row-major order, are what `value` gives. */
export function filled(type: TensorType, value: (index: number) => bigint): Tensor {
  const data = allocate(type.dtype, elementCount(type));
  for (let index = 0; index < data.length; index++) {
    if (isWide(data)) data[index] = value(index);
    else data[index] = Number(value(index));
  }
  return { type, data };
}

/** A row-major tensor out of its elements, which repeat when there are too few. */
export const tensorOf = (
  dtype: DType,
  shape: readonly number[],
  values: readonly (number | bigint)[],
): Tensor => filled(tensorType(dtype, shape), (index) => BigInt(values[index % values.length]!));

export function randomStepCase(op: OpName, random: Random): StepCase {
  const { step, tensors, pass } = randomCase(op, random);
  return { name: "random", step, operands: tensors, pass, onnx: isExactInOnnxruntime(step, tensors) };
}

/** A product of long rows that lie in one run each. */
export function randomDot(random: Random): StepCase {
  const [rows, inner, columns] = [random.integer(1, 2), random.integer(1, 400), random.integer(1, 2)];
  const dtype = random.pick(["u8", "i8"] as const);
  const bounds = dtype === "i8" ? { min: -64n, max: 64n } : undefined;
  const weights = tensorType(dtype, [inner, columns], [1, 0]);
  const operands = [
    { type: tensorType("u8", [rows, inner]), data: random.data("u8", rows * inner) },
    { type: weights, data: random.data(dtype, inner * columns, bounds) },
  ];
  const attributes = [random.integer(0, 255), dtype === "u8" ? random.integer(0, 255) : 0];
  return stepCase("MatMulInteger", operands, tensorType("i32", [rows, columns]), {
    name: `rows of ${inner}`,
    attributes,
  });
}
