// Div: quotient of two tensors of 32 bits, truncated toward zero, broadcast. Zero where the divisor is zero.
import { combineRanges, greatest, hull, type Interval, least, rangesAlong, WHOLE } from "../ranges.ts";
import { elementCount } from "../tensor.ts";
import { broadcastIndex, forEachRow, single } from "./broadcast.ts";
import { type OpDefinition, singleBoxes } from "./definition.ts";
import { pairFault } from "./pair.ts";

const OPCODE = 4;

const divide = (a: bigint, b: bigint): bigint => (b === 0n ? 0n : a / b);

/** Bounds of a / b. A quotient is largest and smallest at the dividends' ends over the divisors nearest to zero. */
function quotients(a: Interval, b: Interval): Interval {
  const divisors = [b.min, b.max, -1n, 0n, 1n].filter((value) => value >= b.min && value <= b.max);
  const corners = divisors.flatMap((divisor) => [divide(a.min, divisor), divide(a.max, divisor)]);
  return { min: least(corners), max: greatest(corners) };
}

export const Div: OpDefinition = {
  name: "Div",
  opcode: OPCODE,
  operands: [2, 2],
  attributes: 0,
  shapeFault: (step) => pairFault(step, ["i32"]),
  element(read, { operands: [a, b], out }, index) {
    return divide(
      read(0, broadcastIndex(out.shape, a!.type.shape, index)),
      read(1, broadcastIndex(out.shape, b!.type.shape, index)),
    );
  },
  reads: ({ operands, out }, index) =>
    operands.map(({ type }) => single(broadcastIndex(out.shape, type.shape, index))),
  boxes: singleBoxes,
  ranges: (step, [a, b]) => combineRanges(step.out.shape, a!, b!, quotients),
  refuse(_, [, b]) {
    const { min } = hull(rangesAlong(b!, WHOLE));
    if (min > 0n) return undefined;
    return {
      reason: `a divisor may be ${min}; only divisors above zero are the same on every processor`,
      remedy: "Insert Clip with a lower bound of 1 before the divisor.",
    };
  },
  evaluate({ out }, [a, b]) {
    const result = new Int32Array(elementCount(out));
    const left = a!.data as Int32Array;
    const right = b!.data as Int32Array;
    forEachRow(out.shape, a!.type.shape, b!.type.shape, (to, count, startA, strideA, startB, strideB) => {
      // Storing truncates, wraps the one quotient that does not fit, and makes division by zero zero.
      for (let i = 0; i < count; i++) {
        result[to + i] = left[startA + i * strideA]! / right[startB + i * strideB]!;
      }
    });
    return result;
  },
};
