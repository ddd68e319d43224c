// Cases that operators on two tensors share: the ends of each type, and all ways to stretch.
import { type DType, dtypeBounds, type OpName, tensorType, WIDTH } from "@assay/sdk/program";
import { type CaseOptions, type StepCase, stepCase, tensorOf } from "../stepCase.ts";

export const integers: readonly DType[] = ["u8", "i8", "i32", "i64", "i16", "u16", "u32", "u64"];
export const clipped: readonly DType[] = ["u8", "i8", "i32", "u32", "i64", "u64"];

/** Two rows of elements, combined one by one. */
export function pair(
  op: OpName,
  dtype: DType,
  a: readonly (number | bigint)[],
  b: readonly (number | bigint)[],
  options: CaseOptions,
  out: DType = dtype,
): StepCase {
  const shape = [Math.max(a.length, b.length)];
  return stepCase(
    op,
    [tensorOf(dtype, shape, a), tensorOf(dtype, shape, b)],
    tensorType(out, shape),
    options,
  );
}

/** Every end of the type with every other, and numbers beside them. */
export function extremes(
  op: OpName,
  dtype: DType,
  { out = dtype, attributes = [], second }: PairOptions = {},
): StepCase {
  const { min, max } = dtypeBounds(dtype);
  const ends = [min, min + 1n, 0n, 1n, max / 2n + 1n, max - 1n, max];
  const values = min < 0n ? [...ends, -1n] : ends;
  const seconds = second?.(dtype) ?? values;
  const a = values.flatMap((value) => seconds.map(() => value));
  const b = values.flatMap(() => seconds);
  return pair(op, dtype, a, b, { name: `the ends of ${dtype}`, attributes }, out);
}

/** Numbers of which many differ in the lower half of their bits only: what is compared in halves is told apart by these. */
export function halves(dtype: DType): bigint[] {
  const { min, max } = dtypeBounds(dtype);
  const half = BigInt(4 * WIDTH[dtype]);
  const lower = [0n, 5n, 2n ** (half - 1n) - 1n, 2n ** (half - 1n), 2n ** half - 1n];
  const values = [-2n, -1n, 0n, 1n].flatMap((upper) => lower.map((low) => upper * 2n ** half + low));
  return values.filter((value) => value >= min && value <= max);
}

/** Each of them with each. */
export function sharedHalves(op: OpName, dtype: DType, out: DType = dtype): StepCase {
  const values = halves(dtype);
  const a = values.flatMap((value) => values.map(() => value));
  const b = values.flatMap(() => values);
  return pair(op, dtype, a, b, { name: `halves of ${dtype} that are the same` }, out);
}

export interface PairOptions {
  readonly out?: DType;
  readonly attributes?: readonly number[];
  /** The second operands that every runtime takes. */
  readonly second?: (dtype: DType) => readonly bigint[];
}

/** Scalars, rows against columns, one element, and new axes, in layouts that are not row-major. */
export function stretches(
  op: OpName,
  dtype: DType,
  { out = dtype, attributes = [] }: PairOptions = {},
): StepCase[] {
  const values = [1, 7, 2, 5, 3, 6, 4];
  const shapes: [string, number[], number[], number[], number[]?][] = [
    ["two scalars", [], [], []],
    ["a scalar and a row", [], [5], [5]],
    ["a matrix and a scalar", [2, 3], [], [2, 3], [1, 0]],
    ["both stretch", [2, 1, 3], [4, 1], [2, 4, 3], [2, 0, 1]],
    ["a column and a row", [4, 1], [1, 3], [4, 3], [1, 0]],
    ["one element against a cube", [1, 1, 1], [2, 3, 4], [2, 3, 4]],
    ["axes that come in front", [3], [2, 2, 3], [2, 2, 3]],
    ["several tiles", [1, 700], [3, 700], [3, 700], [1, 0]],
  ];
  return shapes.map(([name, a, b, shape, layout]) =>
    stepCase(
      op,
      [tensorOf(dtype, a, values), tensorOf(dtype, b, values.toReversed())],
      tensorType(out, shape, layout),
      { name, attributes },
    ),
  );
}
