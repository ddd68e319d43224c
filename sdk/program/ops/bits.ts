// Bounds of what bitwise operators make of two intervals.
import { greatest, type Interval, least } from "../ranges.ts";

/** The least 2^k with all bounds in -2^k .. 2^k - 1: no bitwise operator leads out of there. */
function powerAround({ min, max }: Interval, other: Interval): bigint {
  const magnitudes = [min, max, other.min, other.max].map((value) => (value < 0n ? -value - 1n : value));
  const most = greatest(magnitudes);
  return most === 0n ? 1n : 1n << BigInt(most.toString(2).length);
}

function around(a: Interval, b: Interval): Interval {
  const power = powerAround(a, b);
  const min = a.min < 0n || b.min < 0n ? -power : 0n;
  return { min, max: power - 1n };
}

/** A common bit is one of each; of an element without a sign nothing else is left. */
export function andInterval(a: Interval, b: Interval): Interval {
  const unsigned = [a, b].filter(({ min }) => min >= 0n).map(({ max }) => max);
  if (unsigned.length > 0) return { min: 0n, max: least(unsigned) };
  return { min: around(a, b).min, max: greatest([a.max, b.max]) };
}

/** No bit is lost. */
export function orInterval(a: Interval, b: Interval): Interval {
  const { min, max } = around(a, b);
  return min < 0n ? { min: least([a.min, b.min]), max } : { min: greatest([a.min, b.min]), max };
}

export const xorInterval = around;
