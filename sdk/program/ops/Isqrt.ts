// Isqrt: the whole part of a square root; zero below zero.
import { hull, mapRanges } from "../ranges.ts";
import { sameShape } from "../tensor.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 22;
/** Up to here a double holds the operand, and the whole part of its rounded root is that of the root. */
const MAX_EXACT = 2n ** 52n;

function isqrt(value: bigint): bigint {
  if (value <= 0n) return 0n;
  let root = BigInt(Math.floor(Math.sqrt(Number(value))));
  while (root * root > value) root -= 1n;
  while ((root + 1n) * (root + 1n) <= value) root += 1n;
  return root;
}

export const Isqrt: OpDefinition = {
  name: "Isqrt",
  opcode: OPCODE,
  page: {
    types: "i64",
    element: "⌊√max(a, 0)⌋",
    attributes: "",
    limits: "0 ≤ a ≤ 2^52 proven",
  },
  operands: [1, 1],
  attributes: 0,
  shapeFault({ operands, out }) {
    const { dtype, shape } = operands[0]!.type;
    if (dtype !== "i64") return RULE.operandType;
    if (out.dtype !== "i64") return RULE.outputType;
    return sameShape(out.shape, shape) ? 0 : RULE.outputShape;
  },
  element: (read, _, index) => isqrt(read(0, index)),
  reads: (_, index) => [single(index)],
  boxes: singleBoxes,
  ranges: (_, [operand]) =>
    mapRanges(operand!.ranges, ({ min, max }) => ({ min: isqrt(min), max: isqrt(max) })),
  refuse(_, [operand]) {
    const { min, max } = hull(operand!.ranges);
    if (min >= 0n && max <= MAX_EXACT) return undefined;
    return {
      reason: `it takes the root of values from ${min} to ${max}; only those from 0 to 2^52 have the same on every processor`,
      remedy: `Insert Clip to 0..${MAX_EXACT} before it.`,
    };
  },
  evaluate: (_, [operand]) => (operand!.data as BigInt64Array).map(isqrt),
};
