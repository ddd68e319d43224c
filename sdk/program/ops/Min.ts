// Min: the lesser of two elements of one type, broadcast.
import { CLIPPED } from "../dtype.ts";
import { lesser } from "../ranges.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 13;

export const Min = pairOperator({
  name: "Min",
  opcode: OPCODE,
  dtypes: CLIPPED,
  combine: lesser,
  interval: (a, b) => ({ min: lesser(a.min, b.min), max: lesser(a.max, b.max) }),
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = Math.min(left[a! + i * stepA!]!, right[b! + i * stepB!]!);
  },
});
