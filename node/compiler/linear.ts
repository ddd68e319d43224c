// Products with constant weights: what Conv, Gemm, MatMul and the per-channel maps behind them become before quantization.
import type { Constant } from "./graph/types.ts";

export interface Window {
  readonly kernel: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** How many columns of a matrix are read at once. */
const BLOCK = 64;

/** Weights per output channel, read channel by channel from the model's own array. */
export class Weights {
  readonly channels: number;
  /** weights of one channel */
  readonly depth: number;
  readonly #constant: Constant;
  readonly #columns: boolean;
  readonly #factors: Float64Array | undefined;
  readonly #inner: Float64Array | undefined;

  /**
   * @param columns a channel is a column of a matrix [depth, channels]; otherwise channels lie one after the other
   * @param factors of each channel
   * @param inner factors of each weight of a channel
   */
  constructor(
    constant: Constant,
    channels: number,
    columns: boolean,
    factors?: Float64Array,
    inner?: Float64Array,
  ) {
    this.#constant = constant;
    this.#columns = columns;
    this.#factors = factors;
    this.#inner = inner;
    this.channels = channels;
    this.depth = constant.size / channels;
  }

  get size(): number {
    return this.#constant.size;
  }

  /** The same weights with each channel multiplied. */
  scaled(factor: (channel: number) => number): Weights {
    const factors = Float64Array.from({ length: this.channels }, (_, channel) => {
      return (this.#factors?.[channel] ?? 1) * factor(channel);
    });
    return new Weights(this.#constant, this.channels, this.#columns, factors, this.#inner);
  }

  /** The same weights with the weight at each depth multiplied. */
  scaledInside(factors: Float64Array): Weights {
    const inner = factors.map((factor, depth) => (this.#inner?.[depth] ?? 1) * factor);
    return new Weights(this.#constant, this.channels, this.#columns, this.#factors, inner);
  }

  /** Channel after channel in order; `weights` is valid during the call only. */
  forEach(visit: (weights: Float64Array, channel: number) => void): void {
    const { channels, depth } = this;
    const values = this.#constant.data as Float32Array;
    const block = Array.from({ length: Math.min(BLOCK, channels) }, () => new Float64Array(depth));
    for (let first = 0; first < channels; first += BLOCK) {
      const count = Math.min(BLOCK, channels - first);
      for (let offset = 0; offset < count; offset++) {
        const floats = block[offset]!;
        if (!this.#columns) {
          const start = (first + offset) * depth;
          for (let k = 0; k < depth; k++) floats[k] = Number(values[start + k]);
        }
      }
      if (this.#columns)
        for (let k = 0; k < depth; k++) {
          const start = k * channels + first;
          for (let offset = 0; offset < count; offset++) block[offset]![k] = Number(values[start + offset]);
        }
      for (let offset = 0; offset < count; offset++) {
        const floats = block[offset]!;
        const factor = this.#factors?.[first + offset] ?? 1;
        const inner = this.#inner;
        if (factor !== 1) for (let k = 0; k < depth; k++) floats[k]! *= factor;
        if (inner) for (let k = 0; k < depth; k++) floats[k]! *= inner[k]!;
        visit(floats, first + offset);
      }
    }
  }
}

interface LinearBase {
  readonly kind: "linear";
  readonly weights: Weights;
  /** one per output channel */
  readonly bias: Float64Array;
  /** whether the model adds one; without, a correction of the mean rounding error alone is not worth a step */
  readonly hasBias: boolean;
  /** bounds of an activation function that follows, if one does */
  readonly clamp?: { readonly min: number; readonly max: number };
}

/** weights [M, C/group, kH, kW] on [N, C, H, W] */
export interface Convolution extends LinearBase, Window {
  readonly form: "conv";
  readonly perGroup: number;
  readonly group: number;
  /** a MaxPool behind it whose windows neither overlap nor leave a rest: its height and width */
  readonly pool?: readonly [number, number];
  /** whether it gathers what its windows see and multiplies matrices, with results as rows of channels */
  readonly asRows?: boolean;
}

/** [..., K] × [K, N] */
export interface Product extends LinearBase {
  readonly form: "matmul";
}

export type Linear = Convolution | Product;

/** The axis of its input that a linear layer sums over besides the window. */
export const readAxis = ({ form }: Linear, inputRank: number): number =>
  form === "conv" ? 1 : inputRank - 1;
