// Comparisons and truth values.
import type { DType, Operand, OpName } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { widened } from "../types.ts";

const CHOSEN: readonly DType[] = ["u8", "i32", "i64"];

const not = (call: Call, a: Operand): Operand => call.emit.with("BitwiseXor", call.emit.asByte(a), 1);

const less = (call: Call, a: number, b: number): Operand =>
  call.emit.pair("Less", call.integers(a), call.integers(b));

const bytes =
  (op: OpName): Rule =>
  (call) =>
    call.emit.pair(op, call.integers(0), call.integers(1));

/** Elements of x where the condition holds, else of y. */
function where(call: Call): Operand {
  const [x, y] = [call.integers(1), call.integers(2)];
  const { dtype } = x.type;
  const wide = widened(dtype, CHOSEN);
  const chosen = call.emit.where(call.condition(0), call.emit.cast(x, wide), call.emit.cast(y, wide));
  return call.emit.cast(chosen, dtype);
}

export const logic: Readonly<Record<string, Rule>> = {
  And: bytes("BitwiseAnd"),
  Or: bytes("BitwiseOr"),
  Xor: bytes("BitwiseXor"),
  Not: (call) => not(call, call.any(0)),
  Equal: (call) => call.emit.pair("Equal", call.integers(0), call.integers(1)),
  Less: (call) => less(call, 0, 1),
  Greater: (call) => less(call, 1, 0),
  LessOrEqual: (call) => not(call, less(call, 1, 0)),
  GreaterOrEqual: (call) => not(call, less(call, 0, 1)),
};

/** Moves elements as they are, so that it takes floats by their bits too. */
export const choice: Readonly<Record<string, Rule>> = { Where: where };
