// Less: one where the first of two elements is less, otherwise zero; broadcast.
import { INTEGERS } from "../dtype.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 20;

export const Less = pairOperator({
  name: "Less",
  opcode: OPCODE,
  page: {
    types: "integers → bool",
    element: "1 where a < b, otherwise 0; broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: INTEGERS,
  out: "bool",
  combine: (a, b) => (a < b ? 1n : 0n),
  interval: () => ({ min: 0n, max: 1n }),
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = left[a! + i * stepA!]! < right[b! + i * stepB!]! ? 1 : 0;
  },
});
