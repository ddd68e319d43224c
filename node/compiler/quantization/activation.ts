// Scales for 8-bit activations: real value = scale · (integer − zeroPoint), integer in 0..255.
import { roundHalfEven } from "@assay/sdk/program";
import type { TensorStatistics } from "../statistics.ts";

export interface Quantization {
  /** real units per integer step */
  readonly scale: number;
  /** the integer that stands for 0, 0..255 */
  readonly zeroPoint: number;
}

export const MAX_U8 = 255;

/** The quantization that spreads [min, max], widened to contain 0, over `steps` steps of the integers 0..most. */
export function spread(min: number, max: number, steps = MAX_U8, most = MAX_U8): Quantization {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  const scale = high > low ? (high - low) / steps : 1 / MAX_U8;
  const zeroPoint = Math.max(0, Math.min(most, roundHalfEven(-low / scale)));
  return { scale, zeroPoint };
}

/** Mean squared error of rounding and clipping the sampled values. */
export function distortion({ scale, zeroPoint }: Quantization, sample: Float32Array): number {
  if (sample.length === 0) return 0;
  let sum = 0;
  for (const value of sample) {
    const integer = Math.max(0, Math.min(MAX_U8, Math.round(value / scale) + zeroPoint));
    const error = value - scale * (integer - zeroPoint);
    sum += error * error;
  }
  return sum / sample.length;
}

/**
 * The quantization of an input: the whole range always fits, and among the scales that use at least half of the
 * integers the one with the least error wins, so inputs on a grid (pixels) are hit exactly.
 */
export function quantizeInput(statistics: TensorStatistics, range?: readonly [number, number]): Quantization {
  const [min, max] = range ?? [statistics.min, statistics.max];
  let best = spread(min, max);
  let bestError = distortion(best, statistics.sample);
  for (let steps = MAX_U8 - 1; steps >= 128; steps--) {
    const candidate = spread(min, max, steps);
    const error = distortion(candidate, statistics.sample);
    // an exact grid is reached only up to rounding of binary64 and binary32
    if (error < bestError * 0.99) [best, bestError] = [candidate, error];
  }
  return best;
}

/** Candidates for an activation: from a little wider than the range down to half of it, where the rest is clipped. */
export function* activationCandidates(min: number, max: number): Generator<Quantization> {
  for (let step = 0; step <= 28; step++) {
    const factor = 1.1 * 2 ** (-step / 24);
    yield spread(min * factor, max * factor);
  }
}

export const sameQuantization = (a: Quantization, b: Quantization): boolean =>
  a.scale === b.scale && a.zeroPoint === b.zeroPoint;

/** The candidate with the least error over the samples. */
export function bestQuantization(min: number, max: number, samples: readonly Float32Array[]): Quantization {
  let best: Quantization | undefined;
  let bestError = Infinity;
  for (const candidate of activationCandidates(min, max)) {
    const error = samples.reduce((sum, sample) => sum + distortion(candidate, sample), 0);
    if (error < bestError) [best, bestError] = [candidate, error];
  }
  return best ?? spread(min, max);
}
