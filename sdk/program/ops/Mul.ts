// Mul: product of two tensors of one type, broadcast.
import { INTEGERS } from "../dtype.ts";
import { greatest, type Interval, least } from "../ranges.ts";
import { sameShape } from "../tensor.ts";
import type { Step } from "../types.ts";
import { pairOperator } from "./pair.ts";

const OPCODE = 11;

/** True where a tensor is multiplied by itself: no product is below zero then. */
function isSquare({ operands }: Step): boolean {
  const [a, b] = operands.map(({ source, type }) => ({ ...source, shape: type.shape }));
  const place = (source: typeof a): number => (source!.kind === "input" ? source!.offset : source!.index);
  return a!.kind === b!.kind && place(a) === place(b) && sameShape(a!.shape, b!.shape);
}

function products(a: Interval, b: Interval, step: Step): Interval {
  const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  if (!isSquare(step)) return { min: least(corners), max: greatest(corners) };
  const ends = [a.min * a.min, a.max * a.max];
  return { min: a.min <= 0n && a.max >= 0n ? 0n : least(ends), max: greatest(ends) };
}

export const Mul = pairOperator({
  name: "Mul",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "a · b, broadcast",
    attributes: "",
    limits: "",
  },
  dtypes: INTEGERS,
  combine: (a, b) => a * b,
  interval: products,
  narrow(out, left, right, count, [to, a, b], [, stepA, stepB]) {
    for (let i = 0; i < count; i++) out[to! + i] = Math.imul(left[a! + i * stepA!]!, right[b! + i * stepB!]!);
  },
});
