// Why divisors must be above zero.
import { hull, rangesAlong, WHOLE } from "../ranges.ts";
import type { Step } from "../types.ts";
import type { OperandRanges, Refusal } from "./definition.ts";

/** Refuses a divisor, operand 1, that may be zero or less. */
export function divisorRefusal(_: Step, [, b]: readonly OperandRanges[]): Refusal | undefined {
  const { min } = hull(rangesAlong(b!, WHOLE));
  if (min > 0n) return undefined;
  return {
    reason: `a divisor may be ${min}; only divisors above zero are the same on every processor`,
    remedy: "Insert Clip with a lower bound of 1 before the divisor.",
  };
}
