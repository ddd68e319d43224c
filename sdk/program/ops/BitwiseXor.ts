// BitwiseXor: the bits that one of two elements has, broadcast.
import { INTEGERS } from "../dtype.ts";
import { xorInterval } from "./bits.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 18;

export const BitwiseXor = pairOperator({
  name: "BitwiseXor",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "the bits in which a and b differ, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: INTEGERS,
  combine: (a, b) => a ^ b,
  interval: xorInterval,
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = left[a! + i * stepA!]! ^ right[b! + i * stepB!]!;
  },
});
