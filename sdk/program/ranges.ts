// Intervals of tensor values, for a whole tensor or for each index along one axis.
import type { OperandRanges } from "./ops/definition.ts";
import { stridesOf } from "./tensor.ts";
import type { Tensor } from "./types.ts";

/** One interval per index along `axis`; a single one for the whole tensor where `axis` is -1. */
export interface Ranges {
  readonly axis: number;
  readonly min: readonly bigint[];
  readonly max: readonly bigint[];
}

export interface Interval {
  readonly min: bigint;
  readonly max: bigint;
}

export const WHOLE = -1;

export const whole = (min: bigint, max: bigint): Ranges => ({ axis: WHOLE, min: [min], max: [max] });

export function least([first, ...rest]: readonly bigint[]): bigint {
  let result = first!;
  for (const value of rest) if (value < result) result = value;
  return result;
}

export function greatest([first, ...rest]: readonly bigint[]): bigint {
  let result = first!;
  for (const value of rest) if (value > result) result = value;
  return result;
}

/** The interval that holds all others. */
export const hull = ({ min, max }: Ranges): Interval => ({ min: least(min), max: greatest(max) });

/** Ranges with the same axis, each interval mapped. */
export function mapRanges({ axis, min, max }: Ranges, map: (interval: Interval) => Interval): Ranges {
  const intervals = min.map((value, index) => map({ min: value, max: max[index]! }));
  return {
    axis,
    min: intervals.map((interval) => interval.min),
    max: intervals.map((interval) => interval.max),
  };
}

/** Exact bounds of a constant for each index along an axis, or as a whole. */
export function constantRanges({ type, data }: Tensor, axis: number): Ranges {
  const size = axis === WHOLE ? 1 : type.shape[axis]!;
  const stride = axis === WHOLE ? data.length : stridesOf(type.shape)[axis]!;
  const min: (number | bigint)[] = [];
  const max: (number | bigint)[] = [];
  for (let start = 0; start < data.length; start += stride) {
    const index = (start / stride) % size;
    let low = min[index] ?? data[start]!;
    let high = max[index] ?? data[start]!;
    for (let at = start; at < start + stride; at++) {
      const value = data[at]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    min[index] = low;
    max[index] = high;
  }
  return { axis, min: min.map(BigInt), max: max.map(BigInt) };
}

/** Bounds of an operand for each index along an axis, as precisely as they are known. */
export function rangesAlong({ ranges, constant, shape }: OperandRanges, axis: number): Ranges {
  if (constant) return constantRanges(constant, axis);
  if (ranges.axis === axis) return ranges;
  const { min, max } = hull(ranges);
  const size = axis === WHOLE ? 1 : shape[axis]!;
  return { axis, min: new Array<bigint>(size).fill(min), max: new Array<bigint>(size).fill(max) };
}

/** The axis along which more is known than the hull says: of a computed tensor its own, of a constant its only long one. */
function knownAxis({ ranges, constant }: OperandRanges): number {
  if (!constant) return ranges.axis;
  const long = constant.type.shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  return long.length === 1 ? long[0]! : WHOLE;
}

/** Combines the intervals of two operands that broadcast to `outShape`, along the axis of which most is known. */
export function combineRanges(
  outShape: readonly number[],
  a: OperandRanges,
  b: OperandRanges,
  combine: (a: Interval, b: Interval) => Interval,
): Ranges {
  const rank = outShape.length;
  const outAxis = (operand: OperandRanges): number => {
    const axis = knownAxis(operand);
    return axis === WHOLE ? WHOLE : axis + rank - operand.shape.length;
  };
  const candidates = a.constant ? [outAxis(b), outAxis(a)] : [outAxis(a), outAxis(b)];
  const axis = candidates.find((candidate) => candidate !== WHOLE) ?? WHOLE;
  const project = (operand: OperandRanges): Ranges => {
    const own = axis - rank + operand.shape.length;
    return rangesAlong(operand, axis === WHOLE || own < 0 ? WHOLE : own);
  };
  const left = project(a);
  const right = project(b);
  const at = ({ min, max }: Ranges, index: number): Interval =>
    min.length === 1 ? { min: min[0]!, max: max[0]! } : { min: min[index]!, max: max[index]! };
  const size = axis === WHOLE ? 1 : outShape[axis]!;
  const intervals = Array.from({ length: size }, (_, index) => combine(at(left, index), at(right, index)));
  return { axis, min: intervals.map(({ min }) => min), max: intervals.map(({ max }) => max) };
}
