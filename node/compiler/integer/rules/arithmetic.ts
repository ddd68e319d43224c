// Arithmetic and bits, element by element.
import { type DType, dtypeBounds, type Operand, type OpName } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { isSingle } from "../emit.ts";
import { widened } from "../types.ts";

const ORDERED: readonly DType[] = ["i8", "u8", "i32", "u32", "i64", "u64"];
const GREATEST_POWER = 16;

const isSigned = (dtype: DType): boolean => dtypeBounds(dtype).min < 0n;

/** Computes in a type that the operator has, and comes back. */
function inType(
  call: Call,
  operands: readonly Operand[],
  allowed: readonly DType[],
  compute: (operands: readonly Operand[]) => Operand,
): Operand {
  const { dtype } = operands[0]!.type;
  const wide = widened(dtype, allowed);
  return call.emit.cast(compute(operands.map((operand) => call.emit.cast(operand, wide))), dtype);
}

const operandsOf = (call: Call): Operand[] => call.node.inputs.map((_, index) => call.integers(index));

const pair =
  (op: OpName): Rule =>
  (call) =>
    call.emit.pair(op, call.integers(0), call.integers(1));

/** One after the other, from the left. */
const chain =
  (op: OpName): Rule =>
  (call) =>
    inType(call, operandsOf(call), ORDERED, (items) => items.reduce((a, b) => call.emit.pair(op, a, b)));

/** The only element of a constant operand. */
function knownScalar(call: Call, index: number): bigint | undefined {
  if (!call.isConstant(index) || !isSingle(call.integers(index))) return undefined;
  return BigInt(call.data(index)[0]!);
}

/** min(max(a, low), high): high wins where the bounds cross. */
function clip(call: Call): Operand {
  const low = call.has(1) ? knownScalar(call, 1) : undefined;
  const high = call.has(2) ? knownScalar(call, 2) : undefined;
  const a = call.integers(0);
  const greatestLow = 2n ** 63n - 1n;
  if (low !== undefined && high !== undefined && low <= high && high <= greatestLow) {
    return inType(call, [a], ORDERED, ([x]) =>
      call.emit.step("Clip", [x!], x!.type.dtype, x!.type.shape, [low, high]),
    );
  }
  const bounds = [1, 2].flatMap((index) => (call.has(index) ? [call.integers(index)] : []));
  const value = inType(call, [a, ...bounds], ORDERED, ([x, ...rest]) =>
    rest.reduce((sum, bound, index) => {
      const isLow = call.has(1) && index === 0;
      return call.emit.pair(isLow ? "Max" : "Min", sum, bound);
    }, x!),
  );
  return value;
}

function abs(call: Call): Operand {
  const a = call.integers(0);
  if (!isSigned(a.type.dtype)) return a;
  return inType(call, [a], ORDERED, ([x]) =>
    call.emit.pair("Max", x!, call.emit.pair("Sub", call.emit.scalar(x!.type.dtype, 0), x!)),
  );
}

function sign(call: Call): Operand {
  const a = call.integers(0);
  const low = isSigned(a.type.dtype) ? -1 : 0;
  return inType(call, [a], ORDERED, ([x]) =>
    call.emit.step("Clip", [x!], x!.type.dtype, x!.type.shape, [low, 1]),
  );
}

function neg(call: Call): Operand {
  const a = call.integers(0);
  return call.emit.pair("Sub", call.emit.scalar(a.type.dtype, 0), a);
}

function bitwiseNot(call: Call): Operand {
  const a = call.integers(0);
  return call.emit.with("BitwiseXor", a, isSigned(a.type.dtype) ? -1n : dtypeBounds(a.type.dtype).max);
}

/** The remainder has the sign of the divisor, or with `fmod` that of the dividend. */
function mod(call: Call): Operand {
  const [a, b] = [call.integers(0), call.integers(1)];
  if (call.int("fmod", 0) === 0) return call.emit.pair("Mod", a, b);
  const whole = call.emit.pair("Mul", call.emit.pair("Div", a, b), b);
  return call.emit.pair("Sub", a, whole);
}

function pow(call: Call): Operand {
  const exponent = knownScalar(call, 1);
  if (exponent === undefined || exponent < 1n || exponent > GREATEST_POWER)
    call.refuse(`its exponent is not one constant number from 1 to ${GREATEST_POWER}`, "Write it with Mul.");
  const a = call.integers(0);
  let power: Operand | undefined;
  let square = a;
  for (let rest = Number(exponent); rest > 0; rest >>= 1) {
    if (rest & 1) power = power ? call.emit.pair("Mul", power, square) : square;
    if (rest > 1) square = call.emit.pair("Mul", square, square);
  }
  return power!;
}

function bitShift(call: Call): Operand {
  const direction = call.string("direction", "");
  if (direction !== "LEFT" && direction !== "RIGHT")
    call.refuse("its direction is neither LEFT nor RIGHT", "Export the model again.");
  const attributes = [direction === "LEFT" ? 0 : 1];
  return call.emit.pair("BitShift", call.integers(0), call.integers(1), attributes);
}

function relu(call: Call): Operand {
  return inType(call, [call.integers(0)], ORDERED, ([x]) => call.emit.with("Max", x!, 0));
}

/** To a truth value: what is not zero. */
function toBool(call: Call, a: Operand): Operand {
  if (!isSigned(a.type.dtype)) return call.emit.pair("Less", call.emit.scalar(a.type.dtype, 0), a);
  return call.emit.with("BitwiseXor", call.emit.asByte(call.emit.with("Equal", a, 0)), 1);
}

function cast(call: Call): Operand {
  call.int("to", 0);
  call.int("saturate", 1);
  call.string("round_mode", "up");
  const from = call.tensor(0).dtype;
  const to = call.out().dtype;
  if (from === to) return call.any(0);
  const isTruth = to === "bool" && from !== "bool";
  return isTruth ? toBool(call, call.any(0)) : call.emit.cast(call.any(0), call.outType);
}

export const arithmetic: Readonly<Record<string, Rule>> = {
  Add: pair("Add"),
  Sub: pair("Sub"),
  Mul: pair("Mul"),
  Div: pair("Div"),
  Mod: mod,
  Pow: pow,
  Min: chain("Min"),
  Max: chain("Max"),
  Clip: clip,
  Relu: relu,
  Abs: abs,
  Sign: sign,
  Neg: neg,
  BitShift: bitShift,
  BitwiseAnd: pair("BitwiseAnd"),
  BitwiseOr: pair("BitwiseOr"),
  BitwiseXor: pair("BitwiseXor"),
  BitwiseNot: bitwiseNot,
  Cast: cast,
  CastLike: cast,
};
