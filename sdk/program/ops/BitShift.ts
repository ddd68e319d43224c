// BitShift: bits moved left or right, broadcast. Zero where they are moved out of the type.
import { WIDTH } from "../dtype.ts";
import { hull, type Interval, rangesAlong, WHOLE } from "../ranges.ts";
import type { Step } from "../types.ts";
import { within } from "./definition.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 15;

const isLeft = ({ attributes }: Step): boolean => attributes[0] === 0n;

const bitsOf = ({ out }: Step): bigint => BigInt(8 * WIDTH[out.dtype]);

function shift(a: bigint, b: bigint, step: Step): bigint {
  if (b >= bitsOf(step)) return 0n;
  return isLeft(step) ? a << b : a >> b;
}

function shifted(a: Interval, b: Interval, step: Step): Interval {
  const most = bitsOf(step) - 1n;
  const canVanish = b.max > most;
  const far = canVanish ? most : b.max;
  const near = b.min > most ? most : b.min;
  const [least, greatest] = isLeft(step) ? [a.min << near, a.max << far] : [a.min >> far, a.max >> near];
  return { min: canVanish ? 0n : least, max: greatest };
}

export const BitShift = pairOperator({
  name: "BitShift",
  opcode: OPCODE,
  page: {
    types: "u8, u32, u64",
    element: "a · 2^b, or ⌊a / 2^b⌋; 0 where b is the type's width or more; broadcast",
    attributes: "direction (0 left, 1 right)",
    limits: "b proven below the type's width",
  },
  dtypes: ["u8", "u32", "u64"],
  attributes: 1,
  attributesFit: ({ attributes }) => within(attributes, 0, 1),
  combine: shift,
  interval: shifted,
  refuse(step, [, b]) {
    const { max } = hull(rangesAlong(b!, WHOLE));
    const bits = bitsOf(step);
    if (max < bits) return undefined;
    return {
      reason: `a shift may be by ${max}; by ${bits} or more it is not the same on every processor`,
      remedy: `Insert Clip with an upper bound of ${bits - 1n} before the shift.`,
    };
  },
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB], step) {
    const toLeft = isLeft(step);
    const bits = Number(bitsOf(step));
    for (let i = 0; i < count; i++) {
      const value = left[a! + i * stepA!]!;
      const by = right[b! + i * stepB!]!;
      out[to! + i] = by >= bits ? 0 : toLeft ? value << by : value >>> by;
    }
  },
});
