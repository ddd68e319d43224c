// Reproducible random numbers for tests and vectors.
import { allocate, type DType, dtypeBounds, isWide, type TensorData } from "@assay/sdk/program";

/** Numbers in 0..1 from a seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  bigint(least: bigint, most: bigint): bigint {
    const span = most - least + 1n;
    const bits =
      (BigInt(Math.floor(this.next() * 2 ** 32)) << 32n) | BigInt(Math.floor(this.next() * 2 ** 32));
    return least + (bits % span);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]!;
  }

  shuffle<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [result[last], result[other]] = [result[other]!, result[last]!];
    }
    return result;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.integer(0, 255));
  }

  /** Elements of a type between two bounds; a quarter of them stand on a bound. */
  data(dtype: DType, count: number, bounds = dtypeBounds(dtype)): TensorData {
    const data = allocate(dtype, count);
    for (let index = 0; index < count; index++) {
      const value =
        this.next() < 0.25 ? this.pick([bounds.min, bounds.max]) : this.bigint(bounds.min, bounds.max);
      if (isWide(data)) data[index] = value;
      else data[index] = Number(value);
    }
    return data;
  }
}
