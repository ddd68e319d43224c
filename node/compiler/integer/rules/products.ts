// Matrix products, convolutions and pools of integers.
import { type Operand, wrap } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { product, sequence } from "../shapes.ts";

/** Signed weights up to here are exact on every processor. */
const MAX_WEIGHT = 64n;
const SIGN_OFFSET = 128;
/** Products that a MatMul of wide integers may write out before it sums them. */
const MOST_PRODUCTS = 2 ** 22;

/** The zero point of an input: a number, or one per column where it has several different ones. */
function zeroOf(call: Call, index: number): number | readonly number[] {
  const values = call.numbers(index) ?? [0];
  return values.every((value) => value === values[0]) ? values[0]! : values;
}

function singleZero(call: Call, index: number): number {
  const zero = zeroOf(call, index);
  if (typeof zero !== "number")
    call.refuse("its first operand has a zero point for each row", "Quantize it with one zero point.");
  return zero;
}

/** Signed bytes as unsigned ones, 128 greater; so is their zero point. */
function unsigned(call: Call, a: Operand): Operand {
  if (a.type.dtype === "u8") return a;
  const values = call.emit.valuesOf(a);
  if (values)
    return call.emit.constant(
      "u8",
      a.type.shape,
      Array.from<number | bigint, bigint>(values, (value) => wrap(BigInt(value) + BigInt(SIGN_OFFSET), "u8")),
    );
  return call.emit.cast(call.emit.with("Add", call.emit.cast(a, "i32"), SIGN_OFFSET), "u8");
}

const isShort = (call: Call, weights: Operand): boolean =>
  (call.emit.valuesOf(weights) ?? [MAX_WEIGHT + 1n]).every(
    (value: number | bigint) => BigInt(value) >= -MAX_WEIGHT && BigInt(value) <= MAX_WEIGHT,
  );

interface Side {
  readonly value: Operand;
  readonly zero: number;
  /** per column, in the operand's own counting; none where `zero` says it all */
  readonly zeros: readonly number[] | undefined;
}

function weightsOf(call: Call): Side {
  const value = call.integers(1);
  const zero = zeroOf(call, 3);
  const isSigned = value.type.dtype === "i8";
  if (isSigned && zero === 0 && call.node.op !== "ConvInteger" && isShort(call, value))
    return { value, zero: 0, zeros: undefined };
  const offset = isSigned ? SIGN_OFFSET : 0;
  const single = typeof zero === "number";
  return {
    value: unsigned(call, value),
    zero: single ? zero + offset : 0,
    zeros: single ? undefined : zero.map((item) => item + offset),
  };
}

function activations(call: Call): { value: Operand; zero: number } {
  const value = call.integers(0);
  const offset = value.type.dtype === "i8" ? SIGN_OFFSET : 0;
  return { value: unsigned(call, value), zero: singleZero(call, 2) + offset };
}

/** Rows and columns of at least two dimensions. */
function matMulInteger(call: Call): Operand {
  const { emit } = call;
  const a = activations(call);
  const b = weightsOf(call);
  const left = a.value.type.shape.length === 1 ? emit.reshape(a.value, [1, ...a.value.type.shape]) : a.value;
  const right = b.value.type.shape.length === 1 ? emit.reshape(b.value, [...b.value.type.shape, 1]) : b.value;
  const multiply = (x: Operand, y: Operand, zeros: readonly number[]): Operand => {
    const rank = Math.max(x.type.shape.length, y.type.shape.length);
    const lead = sequence(rank - 2).map((axis) => {
      const size = (operand: Operand) => operand.type.shape[axis - rank + operand.type.shape.length] ?? 1;
      return Math.max(size(x), size(y));
    });
    return emit.step(
      "MatMulInteger",
      [x, y],
      "i32",
      [...lead, x.type.shape.at(-2)!, y.type.shape.at(-1)!],
      zeros,
    );
  };
  let sum = multiply(left, right, [a.zero, b.zero]);
  if (b.zeros) {
    const inner = right.type.shape.at(-2)!;
    const ones = emit.constant("u8", [inner, 1], new Array<number>(inner).fill(1));
    const rows = multiply(left, ones, [a.zero, 0]);
    sum = emit.pair("Sub", sum, emit.pair("Mul", rows, emit.constant("i32", [b.zeros.length], b.zeros)));
  }
  return emit.shaped(sum, call.out().shape);
}

/** MatMul of 32 or 64 bits: all products, then their sums. */
function matMul(call: Call): Operand {
  const { emit } = call;
  const [a, b] = [call.integers(0), call.integers(1)];
  const left = a.type.shape.length === 1 ? [1, ...a.type.shape] : a.type.shape;
  const right = b.type.shape.length === 1 ? [...b.type.shape, 1] : b.type.shape;
  const inner = right.at(-2)!;
  if (product(call.out().shape) * inner > MOST_PRODUCTS)
    call.refuse(`it has more than ${MOST_PRODUCTS} products`, "Multiply bytes with MatMulInteger.");
  const x = emit.shaped(a, [...left, 1]);
  const y = emit.shaped(b, [...right.slice(0, -2), 1, inner, right.at(-1)!]);
  const all = emit.pair("Mul", x, y);
  const sum = emit.reduce("ReduceSum", all, all.type.shape.length - 2, false);
  return emit.shaped(sum, call.out().shape);
}

interface Axis {
  readonly size: number;
  readonly count: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
}

/** The windows along each picture axis; a pad at the end is as long as the last window needs. */
function windows(call: Call, kernel: readonly number[]): Axis[] {
  const sizes = call.shape(0).slice(2);
  const counts = call.out().shape.slice(2);
  const strideList = call.ints("strides") ?? sizes.map(() => 1);
  const dilations = call.ints("dilations") ?? sizes.map(() => 1);
  const pads = call.ints("pads") ?? new Array<number>(2 * sizes.length).fill(0);
  const auto = call.string("auto_pad", "NOTSET");
  call.int("ceil_mode", 0);
  return sizes.map((size, axis) => {
    const [stride, dilation, count] = [strideList[axis]!, dilations[axis]!, counts[axis]!];
    const reach = (count - 1) * stride + (kernel[axis]! - 1) * dilation + 1;
    const missing = Math.max(0, reach - size);
    const same = auto === "SAME_LOWER" ? Math.ceil(missing / 2) : Math.floor(missing / 2);
    const begin = auto.startsWith("SAME") ? same : pads[axis]!;
    const end = auto === "NOTSET" ? pads[axis + sizes.length]! : 0;
    return {
      size,
      count,
      kernel: kernel[axis]!,
      stride,
      dilation,
      begin,
      end: Math.max(end, reach - size - begin),
    };
  });
}

const ONE_WIDE: Axis = { size: 1, count: 1, kernel: 1, stride: 1, dilation: 1, begin: 0, end: 0 };

/** Pictures of one axis are those of two with height 1. */
function flat(call: Call, axes: readonly Axis[]): { vertical: Axis; horizontal: Axis; attributes: number[] } {
  if (axes.length > 2)
    call.refuse(`its pictures have ${axes.length} dimensions`, "Use pictures of one or two dimensions.");
  const [vertical, horizontal] = (axes.length === 1 ? [ONE_WIDE, ...axes] : axes) as [Axis, Axis];
  const both = (part: (axis: Axis) => number): number[] => [part(vertical), part(horizontal)];
  const attributes = [
    ...both(({ begin }) => begin),
    ...both(({ end }) => end),
    ...both(({ stride }) => stride),
    ...both(({ dilation }) => dilation),
  ];
  return { vertical, horizontal, attributes };
}

const picture = (
  call: Call,
  a: Operand,
  { vertical, horizontal }: { vertical: Axis; horizontal: Axis },
): Operand => call.emit.shaped(a, [...a.type.shape.slice(0, 2), vertical.size, horizontal.size]);

function convInteger(call: Call): Operand {
  const { emit } = call;
  call.ints("kernel_shape");
  const x = activations(call);
  const w = weightsOf(call);
  const group = call.int("group", 1);
  const axes = windows(call, w.value.type.shape.slice(2));
  const flatAxes = flat(call, axes);
  const { vertical, horizontal, attributes } = flatAxes;
  const image = picture(call, x.value, flatAxes);
  const [filters, depth] = w.value.type.shape as [number, number];
  const kernel = [vertical.kernel, horizontal.kernel];
  const out = (channels: number) => [image.type.shape[0]!, channels, vertical.count, horizontal.count];
  const weights = emit.shaped(w.value, [filters, depth, ...kernel]);
  const convolve = (filter: Operand, zero: number, groups: number): Operand =>
    emit.step("ConvInteger", [image, filter], "i32", out(filter.type.shape[0]!), [
      ...attributes,
      groups,
      x.zero,
      zero,
    ]);
  let sum = convolve(weights, w.zero, group);
  if (w.zeros) {
    if (group !== 1)
      call.refuse(
        "its groups have a zero point for each filter",
        "Quantize the weights with one zero point.",
      );
    const shape = [1, depth, ...kernel];
    const ones = emit.constant("u8", shape, new Array<number>(product(shape)).fill(1));
    const zeros = emit.constant("i32", [filters, 1, 1], w.zeros);
    sum = emit.pair("Sub", sum, emit.pair("Mul", convolve(ones, 0, 1), zeros));
  }
  return emit.shaped(sum, call.out().shape);
}

function maxPool(call: Call): Operand {
  if (call.outputs > 1 && call.wants(1))
    call.refuse("it also gives the places of the maxima", "Leave the output Indices away.");
  call.int("storage_order", 0);
  const flatAxes = flat(call, windows(call, call.ints("kernel_shape") ?? []));
  const { vertical, horizontal, attributes } = flatAxes;
  const image = picture(call, call.integers(0), flatAxes);
  const shape = [...image.type.shape.slice(0, 2), vertical.count, horizontal.count];
  const pooled = call.emit.step("MaxPool", [image], image.type.dtype, shape, [
    vertical.kernel,
    horizontal.kernel,
    ...attributes,
  ]);
  return call.emit.shaped(pooled, call.out().shape);
}

export const products: Readonly<Record<string, Rule>> = {
  MatMulInteger: matMulInteger,
  MatMul: matMul,
  ConvInteger: convInteger,
  MaxPool: maxPool,
};
