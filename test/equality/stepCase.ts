// One operator on given operands: the unit of the equality tests.
import {
  allocate,
  type DType,
  elementCount,
  type OpName,
  type Step,
  type Tensor,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { Random } from "../helpers/random.ts";
import { randomCase } from "../helpers/steps.ts";

export interface StepCase {
  readonly name: string;
  readonly step: Step;
  readonly operands: readonly Tensor[];
  /** False where ONNX leaves the result open, or a runtime is known to differ or to crash. */
  readonly onnx: boolean;
}

export interface CaseOptions {
  readonly name: string;
  readonly attributes?: readonly (number | bigint)[];
  readonly onnx?: boolean;
}

export function stepCase(
  op: OpName,
  operands: readonly Tensor[],
  out: TensorType,
  { name, attributes = [], onnx = true }: CaseOptions,
): StepCase {
  const step: Step = {
    op,
    operands: operands.map(({ type }, index) => ({ source: { kind: "slot", index }, type })),
    attributes: attributes.map(BigInt),
    out,
  };
  return { name, step, operands, onnx };
}

/** A tensor whose elements, in row-major order, are what `value` gives. */
export function filled(type: TensorType, value: (index: number) => bigint): Tensor {
  const data = allocate(type.dtype, elementCount(type));
  for (let index = 0; index < data.length; index++) {
    if (data instanceof BigInt64Array) data[index] = value(index);
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

/** Where onnxruntime is exact: signed weights of 7 bits on every processor, divisors above zero. */
const safeBounds: Partial<Record<OpName, { dtype: DType; min: bigint; max: bigint }>> = {
  MatMulInteger: { dtype: "i8", min: -64n, max: 64n },
  Div: { dtype: "i32", min: 1n, max: 2n ** 31n - 1n },
};

function boundsOf(op: OpName, operands: readonly Tensor[]) {
  const bounds = safeBounds[op];
  return bounds?.dtype === operands.at(-1)!.type.dtype ? bounds : undefined;
}

export function isSafeForOnnx(op: OpName, operands: readonly Tensor[]): boolean {
  if (op === "Collect") return false;
  const bounds = boundsOf(op, operands);
  if (!bounds) return true;
  return Array.from<number | bigint, bigint>(operands.at(-1)!.data, BigInt).every(
    (value) => value >= bounds.min && value <= bounds.max,
  );
}

/** A random step; two thirds of those that onnxruntime may get wrong are kept within its bounds. */
export function randomStepCase(op: OpName, random: Random): StepCase {
  const { step, tensors } = randomCase(op, random);
  const { type } = tensors.at(-1)!;
  const bounds = boundsOf(op, tensors);
  const operands =
    bounds && random.next() < 2 / 3
      ? [...tensors.slice(0, -1), { type, data: random.data(type.dtype, elementCount(type), bounds) }]
      : tensors;
  return { name: "random", step, operands, onnx: isSafeForOnnx(op, operands) };
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
