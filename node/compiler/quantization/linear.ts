// Quantizes a linear layer: one 8-bit output scale and a power of two per channel (S-01), or exact 32-bit logits.

import type { TensorStatistics } from "../calibration.ts";
import { UnsupportedNodeError } from "../errors.ts";
import { type LinearLayer, readAxis } from "../layers.ts";
import { activationCandidates, distortion, MAX_U8, type Quantization } from "./activation.ts";
import {
  largest,
  MAX_SUM,
  MAX_WEIGHT,
  type Moments,
  quantizeChannel,
  type ShiftedChannel,
  shiftChannel,
  sumBounds,
} from "./weights.ts";

/** A layer whose output is 8 bits wide: y = clamp((acc + bias + (zp << k) + (1 << (k−1))) >> k, low, high). */
export interface RequantizedLinear {
  readonly kind: "requantized";
  readonly channels: readonly ShiftedChannel[];
  readonly out: Quantization;
  /** bounds of the final clamp, within 0..255 */
  readonly low: number;
  readonly high: number;
}

/** A layer whose output is the accumulator plus bias, 32 bits wide, with one scale. */
export interface ExactLinear {
  readonly kind: "exact";
  readonly channels: readonly { readonly weights: Int8Array; readonly bias: number }[];
  /** real units per integer step */
  readonly scale: number;
}

/** The float weights of each output channel, contiguous. */
export function channelWeights(layer: LinearLayer): Float64Array[] {
  const { weights, bias } = layer;
  const count = bias.length;
  const depth = weights.data.length / count;
  return Array.from({ length: count }, (_, channel) =>
    layer.kind === "conv"
      ? weights.data.slice(channel * depth, (channel + 1) * depth)
      : Float64Array.from({ length: depth }, (_, k) => weights.data[k * count + channel]!),
  );
}

/** For each offset of a kernel axis, the share of output positions at which it meets a real element. */
function presence(layer: LinearLayer & { kind: "conv" }, axis: 0 | 1, inputSize: number): number[] {
  const positions = layer.shape[axis + 2]!;
  return Array.from({ length: layer.kernel[axis] }, (_, offset) => {
    let met = 0;
    for (let position = 0; position < positions; position++) {
      const at = position * layer.strides[axis] + offset * layer.dilations[axis] - layer.pads[axis];
      if (at >= 0 && at < inputSize) met++;
    }
    return met / positions;
  });
}

/** Moments of what each weight of output channel `channel` is multiplied with. */
function momentsOf(
  layer: LinearLayer,
  statistics: TensorStatistics,
  inputShape: readonly number[],
): (channel: number) => Moments {
  const axis = readAxis(layer, inputShape.length);
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
  if (layer.kind === "matmul") {
    const all = moments(layer.weights.shape[0]!, (index) => [index, 1]);
    return () => all;
  }
  const [outChannels = 0, perGroup = 0, height = 0, width = 0] = layer.weights.shape;
  const rows = presence(layer, 0, inputShape[2]!);
  const columns = presence(layer, 1, inputShape[3]!);
  const groups = Array.from({ length: layer.group }, (_, group) =>
    moments(perGroup * height * width, (index) => {
      const source = group * perGroup + Math.floor(index / (height * width));
      return [source, rows[Math.floor(index / width) % height]! * columns[index % width]!];
    }),
  );
  return (channel) => groups[Math.floor(channel / (outChannels / layer.group))]!;
}

export interface LinearContext {
  readonly layer: LinearLayer;
  readonly input: Quantization;
  readonly inputShape: readonly number[];
  /** of the input, per input channel */
  readonly inputStatistics: TensorStatistics;
  /** of the output, after the clamp */
  readonly outputStatistics: TensorStatistics;
}

function tryScale(
  { layer, input, outputStatistics: { sample } }: LinearContext,
  weights: readonly Float64Array[],
  moments: (channel: number) => Moments,
  out: Quantization,
): { readonly channels: ShiftedChannel[]; readonly error: number } | undefined {
  const channels: ShiftedChannel[] = [];
  let error = 0;
  for (const [index, floats] of weights.entries()) {
    const channel = shiftChannel(
      floats,
      layer.bias[index]!,
      moments(index),
      input.scale,
      input.zeroPoint,
      out.scale,
    );
    if (!channel) return undefined;
    channels.push(channel);
    error += channel.error;
  }
  const { min = -Infinity, max = Infinity } = layer.clamp ?? {};
  let open = 0;
  for (const value of sample) if (value > min && value < max) open++;
  const weightError = (error / channels.length) * (open / Math.max(1, sample.length));
  return { channels, error: distortion(out, sample) + weightError };
}

/** Finds the output scale, and per channel the power of two, with the least expected error. */
export function requantizeLinear(context: LinearContext): RequantizedLinear {
  const { layer, inputShape, inputStatistics, outputStatistics } = context;
  const weights = channelWeights(layer);
  const moments = momentsOf(layer, inputStatistics, inputShape);
  let best: { channels: readonly ShiftedChannel[]; out: Quantization; error: number } | undefined;
  for (const out of activationCandidates(outputStatistics.min, outputStatistics.max)) {
    const tried = tryScale(context, weights, moments, out);
    if (tried && (!best || tried.error < best.error)) best = { ...tried, out };
  }
  if (!best)
    throw new UnsupportedNodeError({
      node: layer.node,
      op: layer.op,
      reason: "a weight is so large beside the range of the outputs that no 8-bit scale fits both",
      remedy:
        "Calibrate on more typical inputs, or train with weight decay or normalisation so that the outputs use their range.",
    });
  const { channels, out } = best;
  const clip = (bound: number, open: number): number =>
    Number.isFinite(bound)
      ? Math.max(0, Math.min(MAX_U8, Math.round(bound / out.scale) + out.zeroPoint))
      : open;
  const { min = -Infinity, max = Infinity } = layer.clamp ?? {};
  return { kind: "requantized", channels, out, low: clip(min, 0), high: clip(max, MAX_U8) };
}

/** Quantizes the last layer: all channels share one scale, so the largest integer is the largest logit. */
export function quantizeExact(context: LinearContext): ExactLinear {
  const { layer, input, inputShape, inputStatistics } = context;
  const weights = channelWeights(layer);
  const moments = momentsOf(layer, inputStatistics, inputShape);
  const most = weights.reduce((value, channel) => Math.max(value, largest(channel)), 0);
  let best: { channels: { weights: Int8Array; bias: number }[]; scale: number; error: number } | undefined;
  for (let step = 0; step <= 16; step++) {
    const weightScale = most === 0 ? 1 : (most / MAX_WEIGHT) * 2 ** (-step / 16);
    const scale = input.scale * weightScale;
    const channels = weights.map((floats, index) =>
      quantizeChannel(floats, layer.bias[index]!, moments(index), weightScale, scale),
    );
    const fits = channels.every(({ weights: integers, bias }) => {
      const { min, max } = sumBounds(integers, bias, input.zeroPoint);
      return Math.max(-min, max) <= MAX_SUM;
    });
    const error = channels.reduce((sum, channel) => sum + channel.error, 0);
    if (fits && (!best || error < best.error)) best = { channels, scale, error };
  }
  if (!best)
    throw new UnsupportedNodeError({
      node: layer.node,
      op: layer.op,
      reason: "its bias is too large beside its weights for 32-bit sums",
      remedy: "Scale the weights and the bias of the layer to comparable sizes.",
    });
  return { kind: "exact", channels: best.channels, scale: best.scale };
}
