// Lowers arithmetic element by element on 32-bit values.
import type { Operand } from "@assay/sdk/program";
import type { Operation } from "../plan.ts";
import { numbersOf } from "../plan.ts";
import type { Demand, Lowering } from "./Lowering.ts";
import { moved, wideConstant } from "./movement.ts";
import type { Definitions, LoweringDefinition } from "./registry.ts";
import type { Value, WideValue } from "./value.ts";

const MAX_I32 = 2 ** 31 - 1;
/** Bits of per-channel factors. */
const FACTOR_BITS = 13;
/** Bits of a quotient beyond those that its scale needs. */
const MAX_I64 = 2 ** 52;

const outputOf = ({ outputs: [output = ""] }: Operation): string => output;

const bothIntegers = (lowering: Lowering, names: readonly string[]): boolean =>
  names.every((name) => !lowering.isFloat(name));

/** Operands of the model's own integers, of one type. */
export function integerOperands(lowering: Lowering, names: readonly string[]): Operand[] {
  const isLong = names.some(
    (name) => lowering.isComputed(name) && lowering.integer(name).operand.type.dtype === "i64",
  );
  const dtype = isLong ? "i64" : "i32";
  return names.map((name) => {
    const constant = lowering.constant(name);
    if (constant) return lowering.integerConstant(constant, dtype);
    return lowering.emit.cast(lowering.integer(name).operand, dtype);
  });
}

/** Operands at one scale: the one that they have, or the one of the output. */
export function alignedOperands(
  lowering: Lowering,
  names: readonly string[],
  output: string,
): { operands: Operand[]; scale: number } {
  const computed = names.filter((name) => lowering.isComputed(name));
  const scales = computed.map((name) => lowering.wide(name).scale);
  const scale = scales.every((each) => each === scales[0]) ? scales[0]! : lowering.wideScale(output);
  const operands = names.map((name) => {
    const constant = lowering.constant(name);
    return constant ? wideConstant(lowering, constant, scale) : lowering.wide(name, scale).operand;
  });
  return { operands, scale };
}

/** Clips operands where their sum could leave 32 bits. */
function summable({ emit }: Lowering, operands: readonly Operand[]): Operand[] {
  const total = operands.reduce((sum, operand) => sum + emit.most(operand), 0);
  if (total <= MAX_I32) return [...operands];
  const limit = Math.floor(MAX_I32 / operands.length);
  return operands.map((operand) => emit.clip(operand, -limit, limit));
}

function lowerSum(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { inputs, op } = operation;
  const combine = (a: Operand, b: Operand): Operand => (op === "Sub" ? emit.sub(a, b) : emit.add(a, b));
  if (bothIntegers(lowering, inputs)) {
    const operand = integerOperands(lowering, inputs).reduce(combine);
    lowering.set(outputOf(operation), { kind: "integer", operand });
    return;
  }
  const { operands, scale } = alignedOperands(lowering, inputs, outputOf(operation));
  const operand = summable(lowering, operands).reduce(combine);
  lowering.set(outputOf(operation), { kind: "wide", operand, scale });
}

/** The value times a number: its scale changes, its integers do not, but for the sign. */
function scaled(lowering: Lowering, value: Value, factor: number): Value {
  const { emit, convert } = lowering;
  if (
    factor > 0 &&
    (value.kind === "u8" || value.kind === "u16" || value.kind === "wide" || value.kind === "index")
  )
    return { ...value, scale: value.scale * factor };
  const wide = convert.toWide(value);
  if (factor === 0) return { ...wide, operand: emit.mulNumber(wide.operand, 0) };
  if (factor > 0) return { ...wide, scale: wide.scale * factor };
  const operand = emit.sub(emit.scalar("i32", 0), convert.within(wide.operand));
  return { ...wide, operand, scale: wide.scale * -factor };
}

/** The value times one factor per channel. */
function timesVector(
  lowering: Lowering,
  name: string,
  factors: Float64Array,
  shape: readonly number[],
): WideValue {
  const { emit, convert } = lowering;
  const { operand, scale } = lowering.narrow(name);
  const most = factors.reduce((value, factor) => Math.max(value, Math.abs(factor)), 0);
  const bits = FACTOR_BITS - (most > 0 ? Math.ceil(Math.log2(most)) : 0);
  const integers = factors.map((factor) => Math.round(factor * 2 ** bits));
  const vector = emit.vector("i32", shape, integers);
  return {
    kind: "wide",
    operand: emit.mul(convert.within(operand, 2 ** FACTOR_BITS), vector),
    scale: scale * 2 ** -bits,
  };
}

/** The product of two computed values, each cut to what 32 bits allow only if it must be. */
export function productOf(lowering: Lowering, a: string, b: string): WideValue {
  const { emit } = lowering;
  const wideA = lowering.wide(a);
  const wideB = lowering.wide(b);
  const fits = emit.most(wideA.operand) * emit.most(wideB.operand) <= MAX_I32;
  const left = fits ? wideA : lowering.narrow(a);
  const right = fits ? wideB : lowering.narrow(b);
  return {
    kind: "wide",
    operand: emit.mul(left.operand, right.operand),
    scale: left.scale * right.scale,
  };
}

function lowerMul(operation: Operation, lowering: Lowering): void {
  const { inputs } = operation;
  const [a = "", b = ""] = inputs;
  const output = outputOf(operation);
  if (bothIntegers(lowering, inputs)) {
    const [left, right] = integerOperands(lowering, inputs);
    lowering.set(output, { kind: "integer", operand: lowering.emit.mul(left!, right!) });
    return;
  }
  if (lowering.isComputed(a) && lowering.isComputed(b)) {
    lowering.set(output, productOf(lowering, a, b));
    return;
  }
  const [name, other] = lowering.isComputed(a) ? [a, b] : [b, a];
  setTimes(operation, lowering, name, numbersOf(lowering.constant(other)!), lowering.shape(other));
}

function setTimes(
  operation: Operation,
  lowering: Lowering,
  name: string,
  factors: Float64Array,
  shape: readonly number[],
): void {
  const output = outputOf(operation);
  const isNumber = factors.every((factor) => factor === factors[0]);
  const value = isNumber
    ? scaled(lowering, lowering.value(name), factors[0]!)
    : timesVector(lowering, name, factors, shape);
  const target = lowering.shape(output);
  lowering.set(
    output,
    moved(lowering, value, (operand) => lowering.emit.expand(operand, target)),
  );
}

function lowerDiv(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { node, inputs } = operation;
  const [a = "", b = ""] = inputs;
  const output = outputOf(operation);
  const divisor = lowering.constant(b);
  if (bothIntegers(lowering, inputs)) {
    const [left, right] = integerOperands(lowering, inputs);
    lowering.set(output, { kind: "integer", operand: emit.div(left!, right!) });
    return;
  }
  if (divisor) {
    const values = numbersOf(divisor);
    if (values.includes(0)) node.refuse("it divides by zero", "Correct the constant.");
    setTimes(
      operation,
      lowering,
      a,
      values.map((value) => 1 / value),
      divisor.shape,
    );
    return;
  }
  const { min, max } = lowering.statistics(b);
  if (min <= 0)
    node.refuse(
      `it divides by a computed value that is ${min} for a calibration sample`,
      "Add a positive constant to the divisor.",
    );
  const below = lowering.wide(b);
  const dividend = lowering.constant(a);
  const above: WideValue = dividend
    ? { kind: "wide", operand: wideConstant(lowering, dividend, 2 ** -16), scale: 2 ** -16 }
    : lowering.wide(a);
  const most = Math.max(1, Math.round((2 * max) / below.scale));
  const positive = emit.cast(emit.clip(below.operand, 1, Math.min(MAX_I32, most)), "i64");
  // quotient = above · 2^bits / below, at the scale of the output
  const ratio = above.scale / below.scale;
  const target = lowering.wideScale(output);
  const bits = Math.max(0, Math.ceil(Math.log2(ratio / target)));
  const factor = 2 ** Math.min(bits, Math.floor(Math.log2(MAX_I64 / Math.max(1, emit.most(above.operand)))));
  const quotient = emit.div(emit.mulNumber(emit.cast(above.operand, "i64"), factor), positive);
  const operand = emit.cast(emit.clip(quotient, -(2 ** 30), 2 ** 30), "i32");
  lowering.set(output, { kind: "wide", operand, scale: ratio / factor });
}

/** Bounds of a clamp in the units of a value. */
export function clampValue(lowering: Lowering, value: Value, min: number, max: number): Value {
  const { emit, convert } = lowering;
  if (value.kind === "u8") {
    const { scale, zeroPoint } = value;
    const integer = (bound: number, open: number): number =>
      Number.isFinite(bound) ? Math.max(0, Math.min(255, Math.round(bound / scale) + zeroPoint)) : open;
    const wide = emit.cast(value.operand, "i32");
    const clipped = emit.step("Clip", [wide], wide.type.shape, {
      attributes: [integer(min, 0), integer(max, 255)],
    });
    return { ...value, operand: emit.cast(clipped, "u8") };
  }
  if (value.kind === "integer") {
    const bounds = emit.bounds(value.operand);
    const operand = emit.clip(
      value.operand,
      Math.max(bounds.min, Math.ceil(min)),
      Math.min(bounds.max, Math.floor(max)),
    );
    return { ...value, operand };
  }
  const { operand, scale } = convert.toWide(value);
  const bounds = emit.bounds(operand);
  const low = Number.isFinite(min) ? Math.max(-MAX_I32, Math.round(min / scale)) : bounds.min;
  const high = Number.isFinite(max) ? Math.min(MAX_I32, Math.round(max / scale)) : bounds.max;
  return { kind: "wide", operand: emit.clip(operand, Math.min(low, high), high), scale };
}

/** The bounds of a Clip or Relu with constant operands; undefined where they are computed. */
export function clampOf(
  { op, inputs }: Pick<Operation, "op" | "inputs">,
  number: (name: string | undefined) => number | undefined,
): { min: number; max: number } | undefined {
  if (op === "Relu") return { min: 0, max: Infinity };
  const at = (name: string | undefined, open: number): number | undefined => (name ? number(name) : open);
  const min = at(inputs[1], -Infinity);
  const max = at(inputs[2], Infinity);
  return min === undefined || max === undefined ? undefined : { min, max };
}

function lowerClamp(operation: Operation, lowering: Lowering): void {
  const clamp = clampOf(operation, (name) => lowering.plan.number(name));
  if (!clamp) operation.node.refuse("its bounds are computed", "Export the model with constant bounds.");
  const value = lowering.value(operation.inputs[0]!);
  lowering.set(outputOf(operation), clampValue(lowering, value, clamp!.min, clamp!.max));
}

function lowerExtreme(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { inputs, op } = operation;
  const output = outputOf(operation);
  const computed = inputs.filter((name) => lowering.isComputed(name));
  const numbers = inputs.filter((name) => lowering.constant(name)).map((name) => lowering.plan.number(name));
  if (computed.length === 1 && numbers.every((number) => number !== undefined)) {
    const bound = numbers as number[];
    const [min, max] = op === "Max" ? [Math.max(...bound), Infinity] : [-Infinity, Math.min(...bound)];
    lowering.set(output, clampValue(lowering, lowering.value(computed[0]!), min, max));
    return;
  }
  const combine = (a: Operand, b: Operand): Operand => (op === "Max" ? emit.max(a, b) : emit.min(a, b));
  if (bothIntegers(lowering, inputs)) {
    lowering.set(output, { kind: "integer", operand: integerOperands(lowering, inputs).reduce(combine) });
    return;
  }
  const { operands, scale } = alignedOperands(lowering, inputs, output);
  lowering.set(output, { kind: "wide", operand: operands.reduce(combine), scale });
}

const all = ({ inputs }: Operation): readonly number[] => inputs.map((_, index) => index);

/** A product with one positive number changes the scale alone. */
const productDemand = ({ inputs }: Operation, index: number, lowering: Lowering): Demand => {
  const other = inputs[1 - index];
  if (lowering.isComputed(other)) return "narrow";
  const number = lowering.plan.number(other);
  return number !== undefined && number > 0 ? "same" : "narrow";
};

const wideSum: LoweringDefinition = { demand: () => "wide", joinsWide: all, lower: lowerSum };
const clamp: LoweringDefinition = {
  demand: (_, index) => (index === 0 ? "same" : "wide"),
  joins: () => [0],
  lower: lowerClamp,
};
const extreme: LoweringDefinition = { demand: () => "wide", joinsWide: all, lower: lowerExtreme };

export const elementwiseDefinitions: Definitions = {
  Add: wideSum,
  Sub: wideSum,
  Sum: wideSum,
  Mul: { demand: productDemand, lower: lowerMul },
  Div: {
    demand: (operation, index, lowering) =>
      index === 0 && lowering.constant(operation.inputs[1]) ? productDemand(operation, 0, lowering) : "wide",
    lower: lowerDiv,
  },
  Neg: {
    demand: () => "wide",
    joinsWide: all,
    lower: (operation, lowering) => {
      const value = lowering.value(operation.inputs[0]!);
      const zero = (operand: Operand): Operand => lowering.emit.scalar(operand.type.dtype, 0);
      const negative: Value =
        value.kind === "integer"
          ? { ...value, operand: lowering.emit.sub(zero(value.operand), value.operand) }
          : scaled(lowering, value, -1);
      lowering.set(outputOf(operation), negative);
    },
  },
  Relu: clamp,
  Clip: clamp,
  Max: extreme,
  Min: extreme,
};
