// Intervals of tensor values, for a whole tensor or for each index along one axis.
import { isWide } from "./dtype.ts";
import type { OperandRanges } from "./ops/definition.ts";
import { stridesOf } from "./tensor.ts";
import type { NarrowData, Tensor, WideData } from "./types.ts";

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

export function lesser(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

export function greater(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

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
export const mapRanges = ({ axis, min, max }: Ranges, map: (interval: Interval) => Interval): Ranges =>
  rangesOf(
    axis,
    min.map((value, index) => map({ min: value, max: max[index]! })),
  );

/** Bounds of numbers in one walk: each belongs to one of `lanes` groups, `stride` of them to one group after the other. */
function narrowExtremes(data: NarrowData, lanes: number, stride: number) {
  const min = new Float64Array(lanes).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(lanes).fill(Number.NEGATIVE_INFINITY);
  if (stride === 1) {
    for (let start = 0; start < data.length; start += lanes) {
      for (let lane = 0; lane < lanes; lane++) {
        const value = data[start + lane]!;
        if (value < min[lane]!) min[lane] = value;
        if (value > max[lane]!) max[lane] = value;
      }
    }
    return { min: Array.from(min, BigInt), max: Array.from(max, BigInt) };
  }
  for (let start = 0; start < data.length; ) {
    for (let lane = 0; lane < lanes; lane++) {
      let low = min[lane]!;
      let high = max[lane]!;
      for (const end = start + stride; start < end; start++) {
        const value = data[start]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      min[lane] = low;
      max[lane] = high;
    }
  }
  return { min: Array.from(min, BigInt), max: Array.from(max, BigInt) };
}

function wideExtremes(data: WideData, lanes: number, stride: number) {
  const min = Array.from({ length: lanes }, (_, lane) => data[lane * stride]!);
  const max = [...min];
  for (let start = 0; start < data.length; ) {
    for (let lane = 0; lane < lanes; lane++) {
      for (const end = start + stride; start < end; start++) {
        const value = data[start]!;
        if (value < min[lane]!) min[lane] = value;
        else if (value > max[lane]!) max[lane] = value;
      }
    }
  }
  return { min, max };
}

/** Exact bounds of a constant for each index along an axis, or as a whole. */
export function constantRanges({ type, data }: Tensor, axis: number): Ranges {
  const lanes = axis === WHOLE ? 1 : type.shape[axis]!;
  const stride = axis === WHOLE ? data.length : stridesOf(type.shape)[axis]!;
  return {
    axis,
    ...(isWide(data) ? wideExtremes(data, lanes, stride) : narrowExtremes(data, lanes, stride)),
  };
}

/** Bounds of an operand for each index along an axis, as precisely as they are known. */
export function rangesAlong({ ranges, constant, shape }: OperandRanges, axis: number): Ranges {
  if (constant) return constantRanges(constant, axis);
  if (ranges.axis === axis) return ranges;
  return spread(hull(ranges), axis, axis === WHOLE ? 1 : shape[axis]!);
}

/** The same interval for all `size` indices along an axis. */
export const spread = ({ min, max }: Interval, axis: number, size: number): Ranges => ({
  axis,
  min: new Array<bigint>(size).fill(min),
  max: new Array<bigint>(size).fill(max),
});

/** The interval that holds two others. */
export const unite = (a: Interval, b: Interval): Interval => ({
  min: lesser(a.min, b.min),
  max: greater(a.max, b.max),
});

/** The interval at an index along the axis of the ranges. */
export const intervalAt = ({ min, max }: Ranges, index: number): Interval =>
  min.length === 1 ? { min: min[0]!, max: max[0]! } : { min: min[index]!, max: max[index]! };

/** Ranges along an axis out of one interval for each index. */
export const rangesOf = (axis: number, intervals: readonly Interval[]): Ranges => ({
  axis,
  min: intervals.map(({ min }) => min),
  max: intervals.map(({ max }) => max),
});

/** The indices along a longer axis are not told apart. */
export const MAX_KNOWN = 65_536;

/** The axis along which more is known than the hull says: of a computed tensor its own, of a constant its only long one. */
export function knownAxis({ ranges, constant }: OperandRanges): number {
  if (!constant) return ranges.axis;
  const long = constant.type.shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  return long.length === 1 && constant.data.length <= MAX_KNOWN ? long[0]! : WHOLE;
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
  const size = axis === WHOLE ? 1 : outShape[axis]!;
  return rangesOf(
    axis,
    Array.from({ length: size }, (_, index) => combine(intervalAt(left, index), intervalAt(right, index))),
  );
}
