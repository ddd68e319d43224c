// Seeded randomness for the equality tests: the same seed gives the same cases.
import { allocate, dtypeBounds } from "../../sdk/program/dtype.ts";
import { elementCount, tensorType } from "../../sdk/program/tensor.ts";
import type { DType, Tensor } from "../../sdk/program/types.ts";

export interface Bounds {
  readonly min: bigint;
  readonly max: bigint;
}

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + (this.bits() % (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.bits() % items.length]!;
  }

  /** An integer within bounds; often one at an edge of them. */
  bigint({ min, max }: Bounds): bigint {
    const span = max - min + 1n;
    const edge = this.int(0, 9);
    if (edge === 0) return min;
    if (edge === 1) return max;
    const value = (BigInt(this.bits()) << 32n) | BigInt(this.bits());
    return min + (value % span);
  }

  permutation(length: number): number[] {
    const order = Array.from({ length }, (_, index) => index);
    for (let last = length - 1; last > 0; last--) {
      const other = this.int(0, last);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    return order;
  }

  shape(rank: number, largest: number): number[] {
    return Array.from({ length: rank }, () => this.int(1, largest));
  }

  /** A tensor with random elements within `bounds`, in a random layout. */
  tensor(dtype: DType, shape: readonly number[], bounds: Bounds = dtypeBounds(dtype)): Tensor {
    const layout = this.chance(0.5) ? this.permutation(shape.length) : undefined;
    const type = tensorType(dtype, shape, layout);
    return filled(type, () => this.bigint(bounds));
  }
}

/** A tensor whose elements, in row-major order, are what `value` gives. */
export function filled(type: Tensor["type"], value: (index: number) => bigint): Tensor {
  const data = allocate(type.dtype, elementCount(type));
  for (let index = 0; index < data.length; index++) {
    if (data instanceof BigInt64Array) data[index] = value(index);
    else data[index] = Number(value(index));
  }
  return { type, data };
}

/** A row-major tensor out of its elements. */
export const tensorOf = (
  dtype: DType,
  shape: readonly number[],
  values: readonly (number | bigint)[],
): Tensor => filled(tensorType(dtype, shape), (index) => BigInt(values[index % values.length]!));
