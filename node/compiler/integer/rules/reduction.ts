// Sums, extremes and places of extremes along axes.
import type { DType, Operand } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { product, sequence } from "../shapes.ts";
import { widened } from "../types.ts";

const COMPARED: readonly DType[] = ["i8", "u8", "i32", "i64"];
const SUMMED: readonly DType[] = ["i32", "i64"];
const MOST_FACTORS = 32;

/** The axes that are reduced; none with `noop_with_empty_axes`. */
function axesOf(call: Call): number[] {
  const rank = call.shape(0).length;
  const given = call.numbers(1) ?? call.ints("axes") ?? [];
  const isNothing = call.int("noop_with_empty_axes", 0) === 1;
  call.int("keepdims", 1);
  if (given.length === 0) return isNothing ? [] : sequence(rank);
  return [...new Set(given.map((axis) => call.checkAxis(axis, rank)))].sort((a, b) => a - b);
}

type Reduce = (call: Call, a: Operand, axis: number) => Operand;

/** The result in the model's type and shape. */
const returning =
  (rule: (call: Call) => Operand): Rule =>
  (call) => {
    const value = call.emit.cast(rule(call), call.outType);
    return call.emit.shaped(value, call.out().shape);
  };

/** One axis after the other, each kept with size 1. */
function reduced(call: Call, a: Operand, allowed: readonly DType[], reduce: Reduce): Operand {
  const wide = call.emit.cast(a, widened(a.type.dtype, allowed));
  return axesOf(call).reduce((value, axis) => reduce(call, value, axis), wide);
}

const sum: Reduce = (call, a, axis) => call.emit.reduce("ReduceSum", a, axis);
const greatest: Reduce = (call, a, axis) => call.emit.reduce("ReduceMax", a, axis);
const least: Reduce = (call, a, axis) =>
  call.emit.reversed(call.emit.reduce("ReduceMax", call.emit.reversed(a), axis));

function multiplied(call: Call, a: Operand, axis: number): Operand {
  const { shape } = a.type;
  const size = shape[axis]!;
  if (size > MOST_FACTORS)
    call.refuse(`it multiplies ${size} numbers, more than ${MOST_FACTORS}`, "Write it with Mul.");
  const parts = sequence(size).map((at) =>
    call.emit.slice(a, shape.with(axis, 1), new Array<number>(shape.length).fill(0).with(axis, at)),
  );
  return parts.reduce((x, y) => call.emit.pair("Mul", x, y));
}

function magnitude(call: Call, a: Operand): Operand {
  if (a.type.dtype.startsWith("u")) return a;
  return call.emit.pair("Max", a, call.emit.pair("Sub", call.emit.scalar(a.type.dtype, 0), a));
}

function mean(call: Call): Operand {
  const total = reduced(call, call.integers(0), SUMMED, sum);
  const count = product(axesOf(call).map((axis) => call.shape(0)[axis]!));
  return call.emit.with("Div", total, count);
}

/** The first place of the greatest element along an axis; with `last`, the last one. */
function place(call: Call, a: Operand, axis: number, last: boolean): Operand {
  if (!last) return call.emit.reduce("ArgMax", a, axis);
  const { shape } = a.type;
  const size = shape[axis]!;
  const zeros = new Array<number>(shape.length).fill(0);
  const turned = call.emit.slice(a, shape, zeros.with(axis, size - 1), zeros.map(() => 1).with(axis, -1));
  const found = call.emit.reduce("ArgMax", turned, axis);
  return call.emit.pair("Sub", call.emit.scalar("i64", size - 1), found);
}

const placeOf =
  (smallest: boolean): Rule =>
  (call) => {
    const last = call.int("select_last_index", 0) === 1;
    call.int("keepdims", 1);
    const a = call.integers(0);
    const wide = call.emit.cast(a, widened(a.type.dtype, COMPARED));
    const found = place(call, smallest ? call.emit.reversed(wide) : wide, call.axis(0), last);
    return call.emit.shaped(found, call.out().shape);
  };

function cumSum(call: Call): Operand {
  const a = call.integers(0);
  const [axis = 0] = call.numbers(1) ?? [];
  const wide = call.emit.cast(a, widened(a.type.dtype, SUMMED));
  const attributes = [
    call.checkAxis(axis, a.type.shape.length),
    call.int("exclusive", 0),
    call.int("reverse", 0),
  ];
  return call.emit.step("CumSum", [wide], wide.type.dtype, wide.type.shape, attributes);
}

export const reductions: Readonly<Record<string, Rule>> = {
  ReduceSum: returning((call) => reduced(call, call.integers(0), SUMMED, sum)),
  ReduceMax: returning((call) => reduced(call, call.integers(0), COMPARED, greatest)),
  ReduceMin: returning((call) => reduced(call, call.integers(0), COMPARED, least)),
  ReduceProd: returning((call) => reduced(call, call.integers(0), SUMMED, multiplied)),
  ReduceMean: returning(mean),
  ReduceL1: returning((call) => reduced(call, magnitude(call, call.integers(0)), SUMMED, sum)),
  ReduceSumSquare: returning((call) => {
    const a = call.integers(0);
    return reduced(call, call.emit.pair("Mul", a, a), SUMMED, sum);
  }),
  ArgMax: placeOf(false),
  ArgMin: placeOf(true),
  CumSum: returning(cumSum),
};
