// BitwiseAnd: the bits that both elements have, broadcast.
import { INTEGERS } from "../dtype.ts";
import { andInterval } from "./bits.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 16;

export const BitwiseAnd = pairOperator({
  name: "BitwiseAnd",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "the bits that a and b have, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: INTEGERS,
  combine: (a, b) => a & b,
  interval: andInterval,
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = left[a! + i * stepA!]! & right[b! + i * stepB!]!;
  },
});
