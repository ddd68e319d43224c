// Integer weights of one output channel: rounding, the error that it costs, and the shift that rescales the result.

/** Largest magnitude of a signed weight: two products with bytes then fit in 16 bits on every kernel. */
export const MAX_WEIGHT = 64;
/** The same for weights that are stored unsigned with the zero point 128, as convolutions take them. */
export const MAX_BYTE_WEIGHT = 127;

/** Integers of at most 16 bits. */
export type Integers = Int8Array | Int16Array;
/** Bounds of the shift k in S-01. */
export const MIN_SHIFT = 1;
export const MAX_SHIFT = 22;
/** Bound of |accumulator + bias| in S-01. */
export const MAX_SUM = 2 ** 30;

/** What multiplies each weight of a channel, as random variables over calibration samples and positions. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export interface QuantizedChannel {
  /** in the order of the float weights */
  readonly weights: Integers;
  /** the bias in units of the accumulator, after correction of the mean rounding error */
  readonly bias: number;
  /** expected squared error of the channel's output that is left, in real units */
  readonly error: number;
}

/**
 * Rounds the weights of a channel to multiples of `weightScale`, and moves the mean of the error into the bias.
 * @param unit real value of one accumulator step: input scale · weight scale
 */
export function quantizeChannel(
  weights: Float64Array,
  bias: number,
  moments: Moments,
  weightScale: number,
  unit: number,
  weightMost = MAX_WEIGHT,
): QuantizedChannel {
  const integers =
    weightMost <= MAX_BYTE_WEIGHT ? new Int8Array(weights.length) : new Int16Array(weights.length);
  let shift = 0;
  let error = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index]!;
    const integer = Math.max(-weightMost, Math.min(weightMost, Math.round(weight / weightScale)));
    integers[index] = integer;
    const difference = integer * weightScale - weight;
    shift += difference * moments.mean[index]!;
    error += difference * difference * moments.variance[index]!;
  }
  return { weights: integers, bias: Math.round((bias - shift) / unit), error };
}

/** Bounds of the accumulator plus bias over every possible 8-bit input. */
export function sumBounds(
  weights: Integers,
  bias: number,
  inputZeroPoint: number,
): { readonly min: number; readonly max: number } {
  let min = bias;
  let max = bias;
  for (const weight of weights) {
    const low = weight * -inputZeroPoint;
    const high = weight * (255 - inputZeroPoint);
    min += Math.min(low, high);
    max += Math.max(low, high);
  }
  return { min, max };
}

export const largest = (weights: Float64Array): number =>
  weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);

export interface ShiftedChannel extends QuantizedChannel {
  readonly shift: number;
}

/**
 * The best power of two for one channel: its weight scale is outScale / (inScale · 2^k). The largest k that does not clip
 * a weight, or the next one, which clips but rounds finer. Undefined where no k keeps the obligations of S-01.
 */
export function shiftChannel(
  weights: Float64Array,
  bias: number,
  moments: Moments,
  inScale: number,
  inZeroPoint: number,
  outScale: number,
  weightMost = MAX_WEIGHT,
): ShiftedChannel | undefined {
  const most = largest(weights);
  const whole = outScale / inScale;
  const unclipped = most === 0 ? MAX_SHIFT : Math.floor(Math.log2((whole * (weightMost + 0.5)) / most));
  let best: ShiftedChannel | undefined;
  for (let shift = Math.min(MAX_SHIFT, unclipped + 1); shift >= MIN_SHIFT; shift--) {
    const unit = outScale / 2 ** shift;
    const channel = quantizeChannel(weights, bias, moments, whole / 2 ** shift, unit, weightMost);
    const { min, max } = sumBounds(channel.weights, channel.bias, inZeroPoint);
    if (Math.max(-min, max) <= MAX_SUM && (!best || channel.error < best.error)) best = { ...channel, shift };
    if (best && shift <= unclipped) break;
  }
  // k = 1 with weights clipped to less than half of their size is no rendering of the channel
  if (unclipped < MIN_SHIFT - 1) return undefined;
  return best;
}
