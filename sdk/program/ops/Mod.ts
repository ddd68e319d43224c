// Mod: remainder with the sign of the divisor, broadcast. Zero where the divisor is zero.
import { INTEGERS } from "../dtype.ts";
import type { Interval } from "../ranges.ts";
import { divisorRefusal } from "./divisor.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 12;

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function remainders(a: Interval, b: Interval): Interval {
  if (a.min >= 0n && a.max < b.min) return a;
  const max = b.max > 0n ? b.max - 1n : 0n;
  const reached = a.min >= 0n && a.max < max ? a.max : max;
  return { min: b.min < 0n ? b.min + 1n : 0n, max: reached };
}

export const Mod = pairOperator({
  name: "Mod",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "a - b · ⌊a / b⌋, with the sign of b; 0 where b = 0; broadcast",
    attributes: "",
    limits: "divisors proven > 0",
  },
  dtypes: INTEGERS,
  combine: remainder,
  interval: remainders,
  refuse: divisorRefusal,
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) {
      const divisor = right[b! + i * stepB!]!;
      const rest = left[a! + i * stepA!]! % divisor;
      // Storing makes the remainder of a division by zero zero.
      out[to! + i] = rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
    }
  },
});
