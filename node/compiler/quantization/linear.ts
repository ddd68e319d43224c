// Quantizes a linear layer: one output scale and a power of two per channel (S-01), or 32-bit results.

import type { GraphNode } from "../graph/GraphNode.ts";
import { type Convolution, type Linear, readAxis } from "../linear.ts";
import type { TensorStatistics } from "../statistics.ts";
import { activationCandidates, distortion, MAX_U8, type Quantization } from "./activation.ts";
import {
  largest,
  MAX_SUM,
  type Moments,
  type QuantizedChannel,
  quantizeChannel,
  type ShiftedChannel,
  shiftChannel,
  sumBounds,
} from "./weights.ts";

/** A layer whose output lies in 0..levels: y = clamp((acc + bias + (zp << k) + (1 << (k−1))) >> k, low, high). */
export interface RequantizedLinear {
  readonly kind: "requantized";
  readonly channels: readonly ShiftedChannel[];
  readonly out: Quantization;
  /** bounds of the final clamp */
  readonly low: number;
  readonly high: number;
}

/** A layer whose output is the accumulator plus bias, 32 bits wide, with one scale. */
export interface ExactLinear {
  readonly kind: "exact";
  readonly channels: readonly QuantizedChannel[];
  /** real units per integer step */
  readonly scale: number;
}

/** y = (acc · multiplier + bias) / divisor, one of which is 1: 32 bits wide, at a scale that others chose. */
export interface ScaledLinear {
  readonly kind: "scaled";
  readonly channels: readonly (QuantizedChannel & {
    readonly multiplier: number;
    readonly divisor: number;
  })[];
}

/** For each offset of a kernel axis, the share of output positions at which it meets a real element. */
function presence(linear: Convolution, axis: 0 | 1, inputSize: number, positions: number): number[] {
  return Array.from({ length: linear.kernel[axis] }, (_, offset) => {
    let met = 0;
    for (let position = 0; position < positions; position++) {
      const at = position * linear.strides[axis] + offset * linear.dilations[axis] - linear.pads[axis];
      if (at >= 0 && at < inputSize) met++;
    }
    return met / positions;
  });
}

/** Moments of what each weight of output channel `channel` is multiplied with. */
function momentsOf({
  linear,
  inputStatistics: statistics,
  inputShape,
  outputShape,
}: LinearContext): (channel: number) => Moments {
  const axis = readAxis(linear, inputShape.length);
  const moments = (
    count: number,
    at: (index: number) => readonly [source: number, present: number],
  ): Moments => {
    const mean = new Float64Array(count);
    const variance = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const [source, present] = at(index);
      mean[index] = present * statistics.mean(axis, source);
      variance[index] = Math.max(0, present * statistics.secondMoment(axis, source) - mean[index]! ** 2);
    }
    return { mean, variance };
  };
  if (linear.form === "matmul") {
    const all = moments(linear.weights.depth, (index) => [index, 1]);
    return () => all;
  }
  const { kernel, perGroup, weights, group } = linear;
  const [height, width] = kernel;
  const rows = presence(linear, 0, inputShape[2]!, outputShape[2]!);
  const columns = presence(linear, 1, inputShape[3]!, outputShape[3]!);
  const groups = Array.from({ length: group }, (_, place) =>
    moments(perGroup * height * width, (index) => {
      const source = place * perGroup + Math.floor(index / (height * width));
      return [source, rows[Math.floor(index / width) % height]! * columns[index % width]!];
    }),
  );
  return (channel) => groups[Math.floor(channel / (weights.channels / group))]!;
}

export interface LinearContext {
  readonly node: GraphNode;
  readonly linear: Linear;
  readonly input: Quantization;
  /** largest magnitude of an integer weight */
  readonly weightMost: number;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** of the input, per input channel */
  readonly inputStatistics: TensorStatistics;
  /** of the output, after the clamp */
  readonly outputStatistics: TensorStatistics;
}

/** Layers with more weights choose their scale by some of their channels. */
const EXAMINED_WEIGHTS = 1 << 18;

/** Some of the output channels of a layer, evenly chosen: at the places of the others nothing. */
export function examinedChannels({ weights }: Linear): Float64Array[] {
  const count = Math.max(16, Math.ceil(EXAMINED_WEIGHTS / weights.depth));
  const stride = Math.max(1, Math.floor(weights.channels / count));
  const kept: Float64Array[] = new Array(weights.channels);
  weights.forEach((floats, channel) => {
    if (channel % stride === 0) kept[channel] = floats.slice();
  });
  return kept;
}

function tryScale(
  { linear, input, weightMost, outputStatistics: { sample } }: LinearContext,
  weights: readonly Float64Array[],
  moments: (channel: number) => Moments,
  out: Quantization,
): number | undefined {
  let error = 0;
  let tried = 0;
  for (let index = 0; index < weights.length; index++) {
    const floats = weights[index];
    if (!floats) continue;
    const channel = shiftChannel(
      floats,
      linear.bias[index]!,
      moments(index),
      input.scale,
      input.zeroPoint,
      out.scale,
      weightMost,
    );
    if (!channel) return undefined;
    tried++;
    error += channel.error;
  }
  const { min = -Infinity, max = Infinity } = linear.clamp ?? {};
  let open = 0;
  for (const value of sample) if (value > min && value < max) open++;
  return distortion(out, sample) + (error / tried) * (open / Math.max(1, sample.length));
}

function shiftAll(
  { linear, input, weightMost }: LinearContext,
  moments: (channel: number) => Moments,
  out: Quantization,
): ShiftedChannel[] | undefined {
  const channels: ShiftedChannel[] = [];
  linear.weights.forEach((floats, index) => {
    const channel = shiftChannel(
      floats,
      linear.bias[index]!,
      moments(index),
      input.scale,
      input.zeroPoint,
      out.scale,
      weightMost,
    );
    if (channel) channels.push(channel);
  });
  return channels.length === linear.weights.channels ? channels : undefined;
}

function requantized(
  { linear }: LinearContext,
  channels: readonly ShiftedChannel[],
  out: Quantization,
  levels: number,
): RequantizedLinear {
  const clip = (bound: number, open: number): number =>
    Number.isFinite(bound)
      ? Math.max(0, Math.min(levels, Math.round(bound / out.scale) + out.zeroPoint))
      : open;
  const { min = -Infinity, max = Infinity } = linear.clamp ?? {};
  return { kind: "requantized", channels, out, low: clip(min, 0), high: clip(max, levels) };
}

/** Per channel the power of two with the least expected error, at a given output scale; undefined where none fits. */
export function requantizeAt(
  context: LinearContext,
  out: Quantization,
  levels = MAX_U8,
): RequantizedLinear | undefined {
  const channels = shiftAll(context, momentsOf(context), out);
  return channels && requantized(context, channels, out, levels);
}

/** Finds the output scale, and per channel the power of two, with the least expected error; undefined where none fits. */
export function requantizeLinear(context: LinearContext): RequantizedLinear | undefined {
  const { linear, outputStatistics } = context;
  const weights = examinedChannels(linear);
  const moments = momentsOf(context);
  const tried: { out: Quantization; error: number }[] = [];
  for (const out of activationCandidates(outputStatistics.min, outputStatistics.max)) {
    const error = tryScale(context, weights, moments, out);
    if (error !== undefined) tried.push({ out, error });
  }
  tried.sort((a, b) => a.error - b.error);
  for (const { out } of tried) {
    const channels = shiftAll(context, moments, out);
    if (channels) return requantized(context, channels, out, MAX_U8);
  }
  return undefined;
}

/** Largest magnitude of a weight, per channel. */
export function largestWeights({ weights }: Linear): Float64Array {
  const most = new Float64Array(weights.channels);
  weights.forEach((floats, channel) => {
    most[channel] = largest(floats);
  });
  return most;
}

/** Quantizes a last layer: all channels share one scale, so the largest integer is the largest logit. */
export function quantizeExact(context: LinearContext): ExactLinear {
  const { node, linear, input, weightMost } = context;
  const moments = momentsOf(context);
  const most = largestWeights(linear).reduce((a, b) => Math.max(a, b), 0);
  const isLarge = linear.weights.size > EXAMINED_WEIGHTS;
  let best: ExactLinear | undefined;
  let bestError = Infinity;
  for (let step = 0; step <= (isLarge ? 0 : 16); step++) {
    const weightScale = most === 0 ? 1 : (most / weightMost) * 2 ** (-step / 16);
    const scale = input.scale * weightScale;
    const channels: QuantizedChannel[] = [];
    let fits = true;
    let error = 0;
    linear.weights.forEach((floats, index) => {
      const channel = quantizeChannel(
        floats,
        linear.bias[index]!,
        moments(index),
        weightScale,
        scale,
        weightMost,
      );
      const { min, max } = sumBounds(channel.weights, channel.bias, input.zeroPoint);
      if (Math.max(-min, max) > MAX_SUM) fits = false;
      error += channel.error;
      channels.push(channel);
    });
    if (fits && error < bestError) [best, bestError] = [{ kind: "exact", channels, scale }, error];
  }
  return (
    best ??
    node.refuse(
      "its bias is too large beside its weights for 32-bit sums",
      "Scale the weights and the bias of the layer to comparable sizes.",
    )
  );
}

/** Greatest multiplier of an accumulator, and greatest divisor. */
const MAX_FACTOR = 1 << 20;

/** Quantizes a layer whose results have the given scale: each channel uses all bits of its weights. */
export function quantizeScaled(context: LinearContext, scale: number): ScaledLinear {
  const { linear, input, weightMost } = context;
  const moments = momentsOf(context);
  const channels: ScaledLinear["channels"][number][] = [];
  linear.weights.forEach((floats, index) => {
    const most = largest(floats);
    // the whole range of the weights is used, but for what whole numbers leave
    const ratio = (most * input.scale) / ((weightMost + 0.49) * scale);
    const multiplier = Math.min(MAX_FACTOR, Math.max(1, Math.ceil(ratio)));
    const divisor = ratio > 0 ? Math.min(MAX_FACTOR, Math.max(1, Math.floor(1 / ratio))) : 1;
    const weightScale = (scale * multiplier) / (divisor * input.scale);
    const unit = scale / divisor;
    const channel = quantizeChannel(
      floats,
      linear.bias[index]!,
      moments(index),
      weightScale,
      unit,
      weightMost,
    );
    channels.push({ ...channel, bias: linear.hasBias ? channel.bias : 0, multiplier, divisor });
  });
  return { kind: "scaled", channels };
}
