// ConvTranspose as a convolution of the input with zeros between its elements, and PRelu with a slope per channel.
import { intOf, intsOf, stringOf } from "./attributes.ts";
import type { Rewriter } from "./rewriter.ts";

/** Mirrored kernels, with input and output channels exchanged within each group: [C, M/g, …] → [M, C/g, …]. */
function turned(data: ArrayLike<number>, shape: readonly number[], group: number): Float32Array {
  const [inputs = 1, perGroup = 1, ...kernel] = shape;
  const area = kernel.reduce((a, b) => a * b, 1);
  const each = inputs / group;
  const out = new Float32Array(data.length);
  for (let from = 0; from < inputs; from++)
    for (let to = 0; to < perGroup; to++) {
      const place = Math.floor(from / each);
      const start = (from * perGroup + to) * area;
      const target = ((place * perGroup + to) * each + (from % each)) * area;
      for (let tap = 0; tap < area; tap++) out[target + tap] = data[start + area - 1 - tap]!;
    }
  return out;
}

/** Pads of the transposed convolution: given, or such that the output has a given shape. */
function padsOf(
  rewriter: Rewriter,
  sizes: readonly number[],
  extents: readonly number[],
  strides: readonly number[],
): { begins: number[]; ends: number[] } {
  const { node } = rewriter;
  const dims = sizes.length;
  const zeros = sizes.map(() => 0);
  const extra = intsOf(node, "output_padding") ?? zeros;
  const full = sizes.map((size, axis) => (size - 1) * strides[axis]! + extents[axis]! + extra[axis]!);
  const out = rewriter.output.shape.slice(2);
  const auto = stringOf(node, "auto_pad", "NOTSET");
  const given = intsOf(node, "pads") ?? [...zeros, ...zeros];
  if (!intsOf(node, "output_shape") && (auto === "NOTSET" || auto === "VALID")) {
    const pads = auto === "VALID" ? [...zeros, ...zeros] : given;
    return { begins: pads.slice(0, dims), ends: pads.slice(dims).map((pad, axis) => pad - extra[axis]!) };
  }
  const totals = full.map((size, axis) => size - out[axis]!);
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total, axis) => total - small[axis]!);
  const [begins, ends] = auto === "SAME_UPPER" ? [small, large] : [large, small];
  return { begins, ends: ends.map((pad, axis) => pad - extra[axis]!) };
}

/** Elements with `stride` − 1 zeros behind each but the last: Reshape, Pad, Reshape, cut. */
export function convTranspose(rewriter: Rewriter): boolean {
  const { node } = rewriter;
  const input = rewriter.input(0);
  const weights = rewriter.input(1);
  const bias = rewriter.input(2);
  if (!input || !weights?.constant || input.shape.length > 4) return false;
  const [batch = 1, channels = 1, ...sizes] = input.shape;
  const ones = sizes.map(() => 1);
  const group = intOf(node, "group", 1);
  const strides = intsOf(node, "strides") ?? ones;
  const dilations = intsOf(node, "dilations") ?? ones;
  const kernel = weights.shape.slice(2);
  const extents = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const { begins, ends } = padsOf(rewriter, sizes, extents, strides);
  let spaced = input;
  if (strides.some((stride) => stride > 1)) {
    const apart = rewriter.reshape(input, [batch, channels, ...sizes.flatMap((size) => [size, 1])]);
    const none = apart.shape.map(() => 0);
    const behind = apart.shape.map((_, axis) =>
      axis >= 3 && axis % 2 === 1 ? strides[(axis - 3) / 2]! - 1 : 0,
    );
    const padded = rewriter.pad(apart, none, behind);
    spaced = rewriter.reshape(padded, [batch, channels, ...sizes.map((size, axis) => size * strides[axis]!)]);
  }
  // the zeros behind the last element are part of what the convolution would pad
  const before = begins.map((pad, axis) => extents[axis]! - 1 - pad);
  const after = ends.map((pad, axis) => extents[axis]! - 1 - pad - (strides[axis]! - 1));
  const needsCut = [...before, ...after].some((pad) => pad < 0);
  if (needsCut) spaced = rewriter.pad(spaced, [0, 0, ...before], [0, 0, ...after]);
  const perGroup = weights.shape[1]!;
  const shape = [perGroup * group, channels / group, ...kernel];
  const mirrored = rewriter.reals(shape, turned(weights.constant.data as Float32Array, weights.shape, group));
  const pads = needsCut ? [...ones, ...ones].map(() => 0) : [...before, ...after];
  const inputs = bias ? [spaced, mirrored, bias] : [spaced, mirrored];
  const attributes = { pads, dilations, group, strides: ones, kernel_shape: kernel };
  rewriter.step("Conv", inputs, rewriter.output.shape, attributes, true);
  return true;
}

/** Relu(x) − slope · Relu(−x); one slope for all is a function of one number and stays. */
export function perChannelPRelu(rewriter: Rewriter): boolean {
  const input = rewriter.input(0);
  const slope = rewriter.input(1);
  if (!input || !slope?.constant || slope.constant.size === 1) return false;
  const { shape } = input;
  const above = rewriter.step("Relu", [input], shape);
  const turnedAround = rewriter.step("Neg", [input], shape);
  const below = rewriter.step("Relu", [turnedAround], shape);
  const scaled = rewriter.step("Mul", [below, slope], shape);
  rewriter.step("Sub", [above, scaled], shape, {}, true);
  return true;
}
