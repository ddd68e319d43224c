// What random steps are made of: types and attributes that fit together, and values at which every runtime is exact.
import {
  type DType,
  dtypeBounds,
  elementCount,
  rowMajor,
  type TensorData,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { Random } from "./random.ts";

export interface Draft {
  readonly operands: readonly TensorType[];
  readonly attributes: readonly (number | bigint)[];
  readonly out: TensorType;
  /** Values for operands at which runtimes agree; anything goes for the others. */
  readonly exact?: readonly (TensorData | undefined)[];
}

export type Drafter = (random: Random) => Draft;

export const integers: readonly DType[] = ["u8", "i8", "i32", "i64", "i16", "u16", "u32", "u64"];
export const clipped: readonly DType[] = ["u8", "i8", "i32", "u32", "i64", "u64"];
export const anyType: readonly DType[] = [...integers, "bool"];

export const shapeOf = (random: Random, rank: number, most = 5): number[] =>
  Array.from({ length: rank }, () => random.integer(1, most));

export const randomType = (random: Random, dtype: DType, shape: readonly number[]): TensorType =>
  tensorType(dtype, shape, random.shuffle(rowMajor(shape.length)));

/** An operand shape that broadcasts to `shape`. */
export function broadcastable(random: Random, shape: readonly number[]): number[] {
  const kept = shape.slice(random.next() < 0.3 ? random.integer(0, shape.length) : 0);
  return kept.map((size) => (random.next() < 0.3 ? 1 : size));
}

/** Values of a tensor between two bounds. */
export const between = (random: Random, type: TensorType, min: number | bigint, max: number | bigint) =>
  random.data(type.dtype, elementCount(type), { min: BigInt(min), max: BigInt(max) });

/** Two operands, of which one may stretch; exact where the second lies between bounds. */
export function pairDraft(
  dtypes: readonly DType[],
  { out, second }: { out?: DType; second?: (dtype: DType) => { min: bigint; max: bigint } } = {},
): Drafter {
  return (random) => {
    const dtype = random.pick(dtypes);
    const shape = shapeOf(random, random.integer(0, 4));
    const shapes = random.shuffle([shape, broadcastable(random, shape)]);
    const operands = shapes.map((operand) => randomType(random, dtype, operand));
    const bounds = second?.(dtype);
    return {
      operands,
      attributes: [],
      out: randomType(random, out ?? dtype, shape),
      ...(bounds && { exact: [undefined, between(random, operands[1]!, bounds.min, bounds.max)] }),
    };
  };
}

/** Divisors above zero. */
export const positive = (dtype: DType) => ({ min: 1n, max: dtypeBounds(dtype).max });

/** Another draft with attributes that do not depend on it. */
export const withAttributes =
  (drafter: Drafter, attributes: (random: Random) => readonly number[]): Drafter =>
  (random) => ({ ...drafter(random), attributes: attributes(random) });

/** One operand, an output of the same type and shape. */
export const sameDraft =
  (dtypes: readonly DType[], exact?: (random: Random, type: TensorType) => TensorData): Drafter =>
  (random) => {
    const dtype = random.pick(dtypes);
    const shape = shapeOf(random, random.integer(0, 4));
    const operand = randomType(random, dtype, shape);
    return {
      operands: [operand],
      attributes: [],
      out: randomType(random, dtype, shape),
      ...(exact && { exact: [exact(random, operand)] }),
    };
  };

/** A reduction along one axis. */
export const reductionDraft =
  (
    dtypes: readonly DType[],
    out?: DType,
    exact?: (random: Random, type: TensorType) => TensorData,
  ): Drafter =>
  (random) => {
    const shape = shapeOf(random, random.integer(1, 4));
    const axis = random.integer(0, shape.length - 1);
    const keepdims = random.integer(0, 1);
    const operand = randomType(random, random.pick(dtypes), shape);
    const reduced = shape.toSpliced(axis, 1, ...(keepdims === 1 ? [1] : []));
    return {
      operands: [operand],
      attributes: [axis, keepdims],
      out: randomType(random, out ?? operand.dtype, reduced),
      ...(exact && { exact: [exact(random, operand)] }),
    };
  };

/** Eight attributes, one for each axis that there is. */
export const perAxis = (values: readonly number[], rest: (axis: number) => number): number[] =>
  Array.from({ length: 8 }, (_, axis) => values[axis] ?? rest(axis));
