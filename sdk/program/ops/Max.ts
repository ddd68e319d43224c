// Max: the greater of two elements of one type, broadcast.
import { CLIPPED } from "../dtype.ts";
import { greater } from "../ranges.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 14;

export const Max = pairOperator({
  name: "Max",
  opcode: OPCODE,
  page: {
    types: "u8, i8, i32, u32, i64, u64",
    element: "the greater of a and b, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: CLIPPED,
  combine: greater,
  interval: (a, b) => ({ min: greater(a.min, b.min), max: greater(a.max, b.max) }),
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = Math.max(left[a! + i * stepA!]!, right[b! + i * stepB!]!);
  },
});
