// BitwiseOr: the bits that either element has, broadcast.
import { INTEGERS } from "../dtype.ts";
import { orInterval } from "./bits.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 17;

export const BitwiseOr = pairOperator({
  name: "BitwiseOr",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "the bits that a or b has, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: INTEGERS,
  combine: (a, b) => a | b,
  interval: orInterval,
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = left[a! + i * stepA!]! | right[b! + i * stepB!]!;
  },
});
