// What calibration remembers of a tensor: bounds, a sample, and what each channel holds.
import { elements } from "./graph/constants.ts";

const SAMPLE_SIZE = 1 << 15;
/** Of a larger tensor, every sample offers this many values, at random places. */
const OFFERED = 1 << 14;

/** Per index of an axis. */
class AxisStatistics {
  readonly size: number;
  /** values from one index to the next */
  readonly inner: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly least: Float64Array;
  readonly greatest: Float64Array;

  constructor(size: number, inner: number) {
    this.size = size;
    this.inner = inner;
    this.sums = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.least = new Float64Array(size).fill(Infinity);
    this.greatest = new Float64Array(size).fill(-Infinity);
  }

  channelOf(place: number): number {
    return Math.floor(place / this.inner) % this.size;
  }
}

/** Bounds, a subsample, and bounds and moments per index of chosen axes. */
export class TensorStatistics {
  min = Infinity;
  max = -Infinity;
  count = 0;
  #seen = 0;
  readonly #axes = new Map<number, AxisStatistics>();
  #kept = new Float32Array(1024);
  /** where in the tensor each kept value lay, if there are axes */
  #places: Int32Array | undefined;
  #random = 1;

  constructor(shape: readonly number[], axes: Iterable<number>) {
    for (const axis of axes)
      this.#axes.set(axis, new AxisStatistics(shape[axis] ?? 1, elements(shape.slice(axis + 1))));
    if (this.#axes.size > 0) this.#places = new Int32Array(1024);
  }

  /** Takes in one sample of the tensor, each value clamped to [lower, upper]. */
  add(values: ArrayLike<number>, lower: number, upper: number): void {
    this.count += values.length;
    for (let index = 0; index < values.length; index++) {
      const value = Math.min(upper, Math.max(lower, values[index]!));
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
    const isWhole = values.length <= OFFERED;
    const offered = isWhole ? values.length : OFFERED;
    for (let count = 0; count < offered; count++) {
      const index = isWhole ? count : Math.floor(this.#next() * values.length);
      this.#offer(Math.min(upper, Math.max(lower, values[index]!)), index);
    }
    for (const { inner, sums, squares, least, greatest } of this.#axes.values()) {
      for (let start = 0, channel = 0; start < values.length; start += inner) {
        let sum = 0;
        let square = 0;
        let min = least[channel]!;
        let max = greatest[channel]!;
        for (let index = start; index < start + inner; index++) {
          const value = Math.min(upper, Math.max(lower, values[index]!));
          sum += value;
          square += value * value;
          if (value < min) min = value;
          if (value > max) max = value;
        }
        sums[channel]! += sum;
        squares[channel]! += square;
        least[channel] = min;
        greatest[channel] = max;
        channel = channel + 1 === sums.length ? 0 : channel + 1;
      }
    }
  }

  #next(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return this.#random / 2 ** 32;
  }

  /** Reservoir sampling: every value is kept with the same chance; a fixed stride would hit the same columns always. */
  #offer(value: number, index: number): void {
    let place = this.#seen++;
    if (place >= SAMPLE_SIZE) {
      place = Math.floor(this.#next() * this.#seen);
      if (place >= SAMPLE_SIZE) return;
    }
    if (place >= this.#kept.length) {
      const longer = new Float32Array(2 * this.#kept.length);
      longer.set(this.#kept);
      this.#kept = longer;
      if (this.#places) {
        const places = new Int32Array(longer.length);
        places.set(this.#places);
        this.#places = places;
      }
    }
    this.#kept[place] = value;
    if (this.#places) this.#places[place] = index;
  }

  /** At most 32,768 of the values. */
  get sample(): Float32Array {
    return this.#kept.subarray(0, Math.min(this.#seen, SAMPLE_SIZE));
  }

  #axis(axis: number): AxisStatistics {
    const found = this.#axes.get(axis);
    if (!found) throw new Error(`axis ${axis} was not watched`);
    return found;
  }

  mean(axis: number, index: number): number {
    const { sums } = this.#axis(axis);
    return sums[index]! / (this.count / sums.length);
  }

  /** Mean of the squares. */
  secondMoment(axis: number, index: number): number {
    const { squares } = this.#axis(axis);
    return squares[index]! / (this.count / squares.length);
  }

  /** Largest magnitude. */
  most(axis: number, index: number): number {
    const { least, greatest } = this.#axis(axis);
    return Math.max(-least[index]!, greatest[index]!, 0);
  }

  /** The index along an axis of each value of the sample. */
  channels(axis: number): Int32Array {
    const found = this.#axis(axis);
    return this.#places!.subarray(0, this.sample.length).map((place) => found.channelOf(place));
  }

  /** Whether this axis, and no other, was watched. */
  watchesOnly(axis: number): boolean {
    return this.#axes.size === 1 && this.#axes.has(axis);
  }

  /** The statistics of the same tensor with each index along its one watched axis divided by a positive number. */
  divided(axis: number, divisors: Float64Array): TensorStatistics {
    const from = this.#axis(axis);
    const to = new AxisStatistics(from.size, from.inner);
    divisors.forEach((divisor, index) => {
      to.sums[index] = from.sums[index]! / divisor;
      to.squares[index] = from.squares[index]! / divisor ** 2;
      to.least[index] = from.least[index]! / divisor;
      to.greatest[index] = from.greatest[index]! / divisor;
    });
    const divided = new TensorStatistics([], []);
    divided.#axes.set(axis, to);
    divided.min = to.least.reduce((least, value) => Math.min(least, value));
    divided.max = to.greatest.reduce((greatest, value) => Math.max(greatest, value));
    divided.count = this.count;
    divided.#seen = this.#seen;
    divided.#random = this.#random;
    divided.#places = this.#places;
    const channels = this.channels(axis);
    divided.#kept = this.sample.map((value, place) => value / divisors[channels[place]!]!);
    return divided;
  }
}
