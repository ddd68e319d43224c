// Steps that optimizers of runtimes merge with the next one into something that means something else.
import type { OperandRanges, Refusal } from "./ops/definition.ts";
import { hull } from "./ranges.ts";
import { elementCount } from "./tensor.ts";
import type { Operand, Step } from "./types.ts";

/** Whether a step makes the same whatever the input: an optimizer may compute it beforehand. */
export function isFixed({ op, operands }: Step, fixed: readonly boolean[]): boolean {
  return op !== "Carry" && op !== "Stop" && operands.every((operand) => isFixedOperand(operand, fixed));
}

const isFixedOperand = ({ source }: Operand, fixed: readonly boolean[]): boolean =>
  source.kind === "constant" || (source.kind === "slot" && fixed[source.index] === true);

/** onnxruntime makes y / x of (1 / x) · y, also where numbers are whole. `fixed` says it of the slots before. */
export function fusionRefusal(
  { op, operands, out }: Step,
  known: readonly OperandRanges[],
  fixed: readonly boolean[],
): Refusal | undefined {
  const [dividend] = operands;
  if (op !== "Div" || (out.dtype !== "i32" && out.dtype !== "i64")) return undefined;
  if (elementCount(dividend!.type) > 1 || !isFixedOperand(dividend!, fixed)) return undefined;
  const { min, max } = hull(known[0]!.ranges);
  if (min > 1n || max < 1n) return undefined;
  return {
    reason:
      "it divides a constant 1, which runtimes merge with a product that follows as if numbers had fractions",
    remedy: "1 / b is 1 where b is 1, otherwise 0: use Equal and Cast.",
  };
}
