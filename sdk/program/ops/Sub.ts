// Sub: difference of two tensors of one type, broadcast.
import { INTEGERS } from "../dtype.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 10;

export const Sub = pairOperator({
  name: "Sub",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "a - b, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: INTEGERS,
  combine: (a, b) => a - b,
  interval: (a, b) => ({ min: a.min - b.max, max: a.max - b.min }),
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = left[a! + i * stepA!]! - right[b! + i * stepB!]!;
  },
});
