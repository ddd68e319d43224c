// Div: quotient of two tensors of one type, truncated toward zero, broadcast. Zero where the divisor is zero.
import { INTEGERS } from "../dtype.ts";
import { greatest, type Interval, least } from "../ranges.ts";
import { divisorRefusal } from "./divisor.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 4;

const divide = (a: bigint, b: bigint): bigint => (b === 0n ? 0n : a / b);

/** Bounds of a / b. A quotient is largest and smallest at the dividends' ends over the divisors nearest to zero. */
function quotients(a: Interval, b: Interval): Interval {
  const divisors = [b.min, b.max, -1n, 0n, 1n].filter((value) => value >= b.min && value <= b.max);
  const corners = divisors.flatMap((divisor) => [divide(a.min, divisor), divide(a.max, divisor)]);
  return { min: least(corners), max: greatest(corners) };
}

export const Div = pairOperator({
  name: "Div",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "a / b truncated toward zero; 0 where b = 0; broadcast",
    attributes: "",
    limits: "divisors proven > 0; no constant 1 of one element as dividend (i32, i64)",
  },
  dtypes: INTEGERS,
  combine: divide,
  interval: quotients,
  refuse: divisorRefusal,
  // Storing truncates, wraps the one quotient that does not fit, and makes division by zero zero.
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = left[a! + i * stepA!]! / right[b! + i * stepB!]!;
  },
});
