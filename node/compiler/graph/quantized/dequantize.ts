// The real numbers that quantized constants stand for.
import type { Constant, ConstantData } from "../types.ts";

export interface Quantized {
  readonly data: ConstantData;
  /** the number of `data`'s first element in the whole tensor */
  readonly start: number;
  readonly shape: readonly number[];
  /** one number, or one per index of `axis` */
  readonly scale: Constant;
  readonly zero: Constant | undefined;
  readonly axis: number;
}

/** (integer − zero) · scale, rounded to binary32 as onnxruntime does. */
export function dequantize({ data, start, shape, scale, zero, axis }: Quantized): Float32Array<ArrayBuffer> {
  const front = axis < 0 ? axis + shape.length : axis;
  const inner = shape.slice(front + 1).reduce((product, size) => product * size, 1);
  const size = shape[front] ?? 1;
  const scales = Float64Array.from(scale.data, Number);
  const zeros = zero ? Float64Array.from(zero.data as ArrayLike<number | bigint>, Number) : undefined;
  const isSingle = scales.length === 1;
  return Float32Array.from({ length: data.length }, (_, place) => {
    const index = isSingle ? 0 : Math.floor((start + place) / inner) % size;
    return (Number(data[place]) - (zeros?.[index] ?? 0)) * scales[index]!;
  });
}

/** A constant of floats that is stored quantized: its numbers are made when they are read. */
export class DequantizedConstant implements Constant {
  readonly dtype = "f32";
  readonly shape: readonly number[];
  readonly size: number;
  readonly #quantized: Constant;
  readonly #scale: Constant;
  readonly #zero: Constant | undefined;
  readonly #axis: number;

  constructor(quantized: Constant, scale: Constant, zero: Constant | undefined, axis: number) {
    this.shape = quantized.shape;
    this.size = quantized.size;
    this.#quantized = quantized;
    this.#scale = scale;
    this.#zero = zero;
    this.#axis = axis;
  }

  get data(): ConstantData {
    return this.part(0, this.size);
  }

  part(start: number, end: number): ConstantData {
    return dequantize({
      data: this.#quantized.part(start, end),
      start,
      shape: this.shape,
      scale: this.#scale,
      zero: this.#zero,
      axis: this.#axis,
    });
  }
}
