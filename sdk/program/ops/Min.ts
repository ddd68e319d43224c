// Min: the lesser of two elements of one type, broadcast.
import { CLIPPED } from "../dtype.ts";
import { lesser } from "../ranges.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 13;

export const Min = pairOperator({
  name: "Min",
  opcode: OPCODE,
  page: {
    types: "u8, i8, i32, u32, i64, u64",
    element: "the lesser of a and b, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: CLIPPED,
  combine: lesser,
  interval: (a, b) => ({ min: lesser(a.min, b.min), max: lesser(a.max, b.max) }),
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = Math.min(left[a! + i * stepA!]!, right[b! + i * stepB!]!);
  },
});
