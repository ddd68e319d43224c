// Accumulators of products with constant weights: matrices, convolutions, and weights of two bytes.
import type { Operand } from "@assay/sdk/program";
import type { Convolution } from "../linear.ts";
import { type Integers, MAX_BYTE_WEIGHT } from "../quantization/weights.ts";
import type { Lowering } from "./Lowering.ts";

const WEIGHT_ZERO = 128;
/** Products that one step sums at most, so that a proof of it stays small. */
export const MAX_DEPTH = 8192;

/** With high precision weights are this many times larger, and take a second byte. */
export const WEIGHT_PART = 64;

export type Channels = readonly { readonly weights: Integers }[];

/** A byte of a number: what it is multiplied with is 2^bits. */
export interface Part<T> {
  readonly part: T;
  readonly bits: number;
}

/** Weights of one byte, or the upper and lower parts of larger ones. */
export function weightParts(channels: Channels, most: number): Part<Channels>[] {
  if (most <= MAX_BYTE_WEIGHT) return [{ part: channels, bits: 0 }];
  const upper = channels.map(({ weights }) => ({
    weights: Int8Array.from(weights, (weight) => Math.round(weight / WEIGHT_PART)),
  }));
  const lower = channels.map(({ weights }, channel) => ({
    weights: Int8Array.from(weights, (weight, k) => weight - WEIGHT_PART * upper[channel]!.weights[k]!),
  }));
  return [
    { part: upper, bits: Math.log2(WEIGHT_PART) },
    { part: lower, bits: 0 },
  ];
}

export function matrix(channels: Channels, from: number, to: number): Int8Array {
  const width = channels.length;
  const data = new Int8Array((to - from) * width);
  channels.forEach(({ weights }, channel) => {
    for (let k = from; k < to; k++) data[(k - from) * width + channel] = weights[k]!;
  });
  return data;
}

export function product(lowering: Lowering, input: Operand, zeroPoint: number, channels: Channels): Operand {
  const { emit } = lowering;
  const { shape } = input.type;
  const depth = shape.at(-1)!;
  const parts = Math.ceil(depth / MAX_DEPTH);
  const size = Math.ceil(depth / parts);
  let sum: Operand | undefined;
  for (let from = 0; from < depth; from += size) {
    const to = Math.min(depth, from + size);
    const part = emit.slice(
      input,
      shape.map((_, axis) => (axis === shape.length - 1 ? from : 0)),
      shape.map((count, axis) => (axis === shape.length - 1 ? to - from : count)),
    );
    const weights = emit.constant("i8", [to - from, channels.length], matrix(channels, from, to));
    const one = emit.matMul(part, weights, zeroPoint, 0);
    sum = sum ? emit.add(sum, one) : one;
  }
  return sum!;
}

export function convolution(
  lowering: Lowering,
  linear: Convolution,
  input: Operand,
  zeroPoint: number,
  channels: Channels,
  shape: readonly number[],
): Operand {
  const { emit } = lowering;
  const { perGroup, kernel, pads, strides, dilations, group } = linear;
  const depth = linear.weights.depth;
  const data = new Uint8Array(depth * channels.length);
  channels.forEach(({ weights }, channel) => {
    for (let k = 0; k < depth; k++) data[channel * depth + k] = weights[k]! + WEIGHT_ZERO;
  });
  const weights = emit.constant("u8", [channels.length, perGroup, ...kernel], data);
  const attributes = [...pads, ...strides, ...dilations, group, zeroPoint, WEIGHT_ZERO];
  return emit.step("ConvInteger", [input, weights], shape, { attributes, dtype: "i32" });
}

/** One-dimensional convolutions are two-dimensional ones of height 1. */
export const planar = (shape: readonly number[]): readonly number[] =>
  shape.length === 3 ? [shape[0]!, shape[1]!, 1, shape[2]!] : shape;

/** Per result the bytes that its window sees, as one row; those of results that are pooled into one are together. */
export function windows(
  lowering: Lowering,
  linear: Convolution,
  input: Operand,
  zeroPoint: number,
  wholeShape: readonly number[],
): Operand {
  const { emit } = lowering;
  const [, channels = 1, height = 1, width = 1] = planar(input.type.shape);
  const [, , rows = 1, columns = 1] = wholeShape;
  const { kernel, pads, strides, dilations, pool = [1, 1] } = linear;
  const area = pool[0] * pool[1];
  const outside = height * width;
  let isPadded = false;
  const places = new Int32Array(rows * columns * kernel[0] * kernel[1]);
  let at = 0;
  for (let result = 0; result < rows * columns; result++) {
    const place = Math.floor(result / area);
    const across = columns / pool[1];
    const row = Math.floor(place / across) * pool[0] + Math.floor((result % area) / pool[1]);
    const column = (place % across) * pool[1] + (result % pool[1]);
    for (let y = 0; y < kernel[0]; y++)
      for (let x = 0; x < kernel[1]; x++) {
        const i = row * strides[0] + y * dilations[0] - pads[0];
        const j = column * strides[1] + x * dilations[1] - pads[1];
        const isInside = i >= 0 && i < height && j >= 0 && j < width;
        if (!isInside) isPadded = true;
        places[at++] = isInside ? i * width + j : outside;
      }
  }
  const pixels = lowering.rowsOf(input);
  const padding = isPadded
    ? emit.vector("u8", [1, channels], new Uint8Array(channels).fill(zeroPoint))
    : undefined;
  const all = padding ? emit.concat([pixels, padding], 0) : pixels;
  const isSame = !isPadded && places.length === outside && places.every((place, index) => place === index);
  const seen = isSame ? pixels : emit.gather(all, emit.constant("i32", [places.length], places), 0);
  const { depth } = linear.weights;
  const count = rows * columns;
  return emit.reshape(seen, area > 1 ? [count / area, area, depth] : [count, depth]);
}

/** Weights on rows of channels in place of an image of `positions` positions. */
export const turned = (channels: Channels, positions: number): Channels =>
  channels.map(({ weights }) => {
    const width = weights.length / positions;
    return {
      weights: weights.map((_, index) => weights[(index % width) * positions + Math.floor(index / width)]!),
    };
  });
