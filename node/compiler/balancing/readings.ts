// How well products read a tensor whose channels are divided: the noise that rounding puts into their results.
import type { Linear } from "../linear.ts";
import { isLongTailed, PRODUCT_DECIBELS } from "../lowering/doubleBytes.ts";
import { bestQuantization, MAX_U8 } from "../quantization/activation.ts";
import { examinedChannels } from "../quantization/linear.ts";
import { largest, MAX_BYTE_WEIGHT, MAX_WEIGHT } from "../quantization/weights.ts";
import type { TensorStatistics } from "../statistics.ts";
import type { Site } from "./sites.ts";

/** Noise in what products give, as a share of their signal. */
export interface Reading {
  /** whether the tensor is read in two bytes */
  readonly isDouble: boolean;
  /** from rounding the tensor */
  readonly activations: number;
  /** from rounding the weights */
  readonly weights: number;
}

export const noiseOf = ({ activations, weights }: Reading): number => activations + weights;

/** Some output channels of a product: what they multiply each channel of the tensor with. */
interface Examined {
  readonly channels: readonly Float64Array[];
  /** weights that read one channel of the tensor */
  readonly each: number;
  readonly weightMost: number;
}

export class SiteReadings {
  readonly #site: Site;
  readonly #statistics: TensorStatistics;
  readonly #products: readonly Examined[];

  constructor(site: Site, statistics: TensorStatistics) {
    this.#site = site;
    this.#statistics = statistics;
    this.#products = site.readers.map(({ parameters }): Examined => {
      const linear = parameters as Linear;
      return {
        channels: examinedChannels(linear).filter((channel) => channel),
        each: linear.weights.depth / site.channels,
        weightMost: linear.form === "conv" ? MAX_BYTE_WEIGHT : MAX_WEIGHT,
      };
    });
  }

  /** The largest weight that reads each channel. */
  largestWeights(): Float64Array {
    const most = new Float64Array(this.#site.channels);
    for (const { channels, each } of this.#products)
      for (const weights of channels)
        weights.forEach((weight, depth) => {
          const place = Math.floor(depth / each);
          most[place] = Math.max(most[place]!, Math.abs(weight));
        });
    return most;
  }

  /** With each channel divided by its number. */
  read(divisors: Float64Array): Reading {
    const { axis, channels } = this.#site;
    const divided = this.#statistics.divided(axis, divisors);
    const isDouble = isLongTailed(divided, PRODUCT_DECIBELS);
    const noise = isDouble ? new Float64Array(channels) : roundingNoise(divided, axis, channels);
    let [activations, rounded] = [0, 0];
    for (const { channels: weights, each, weightMost } of this.#products) {
      let [signal, first, second] = [0, 0, 0];
      for (const floats of weights) {
        const scaled = floats.map((weight, depth) => weight * divisors[Math.floor(depth / each)]!);
        const step = (largest(scaled) / weightMost) ** 2 / 12;
        scaled.forEach((weight, depth) => {
          const channel = Math.floor(depth / each);
          const square = divided.secondMoment(axis, channel);
          signal += weight ** 2 * square;
          first += weight ** 2 * noise[channel]!;
          second += step * Math.max(0, square - divided.mean(axis, channel) ** 2);
        });
      }
      if (signal === 0) continue;
      activations += first / signal / this.#products.length;
      rounded += second / signal / this.#products.length;
    }
    return { isDouble, activations, weights: rounded };
  }
}

/** Per channel, the mean squared error of the 8 bits that suit the whole tensor. */
function roundingNoise(statistics: TensorStatistics, axis: number, channels: number): Float64Array {
  const { min, max, sample } = statistics;
  const { scale, zeroPoint } = bestQuantization(min, max, [sample]);
  const sums = new Float64Array(channels);
  const counts = new Float64Array(channels);
  statistics.channels(axis).forEach((channel, place) => {
    const value = sample[place]!;
    const integer = Math.max(0, Math.min(MAX_U8, Math.round(value / scale) + zeroPoint));
    sums[channel]! += (value - scale * (integer - zeroPoint)) ** 2;
    counts[channel]! += 1;
  });
  return sums.map((sum, channel) => (counts[channel] ? sum / counts[channel]! : scale ** 2 / 12));
}
