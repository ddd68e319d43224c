// The element types: codes, widths, bounds, and typed arrays of them.
import { BaseError } from "../errors.ts";
import type { DType, TensorData } from "./types.ts";

export const DTYPE_CODES: Readonly<Record<DType, number>> = { u8: 1, i8: 2, i32: 3, i64: 4 };

/** Bytes of one element. */
export const WIDTH: Readonly<Record<DType, number>> = { u8: 1, i8: 1, i32: 4, i64: 8 };

const dtypes = Object.keys(DTYPE_CODES) as DType[];

export const dtypeOfCode = (code: number): DType | undefined =>
  dtypes.find((dtype) => DTYPE_CODES[dtype] === code);

export interface Bounds {
  readonly min: bigint;
  readonly max: bigint;
}

const BOUNDS: Readonly<Record<DType, Bounds>> = {
  u8: { min: 0n, max: 255n },
  i8: { min: -128n, max: 127n },
  i32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  i64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
};

/** Least and greatest value of a type. */
export const dtypeBounds = (dtype: DType): Bounds => BOUNDS[dtype];

/** Two's complement wrap of an unbounded integer. */
export const wrap = (value: bigint, dtype: DType): bigint =>
  dtype === "u8" ? BigInt.asUintN(8, value) : BigInt.asIntN(8 * WIDTH[dtype], value);

const ARRAYS = { u8: Uint8Array, i8: Int8Array, i32: Int32Array, i64: BigInt64Array } as const;

/** An array of zeros. */
export const allocate = (dtype: DType, count: number): TensorData => new ARRAYS[dtype](count);

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The little-endian bytes of an array: a view, not a copy. */
export function bytesOf(data: TensorData): Uint8Array {
  if (!littleEndian) throw new BaseError("Tensors need a little-endian processor.");
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A new array out of little-endian bytes. */
export function dataFromBytes(dtype: DType, bytes: Uint8Array): TensorData {
  if (bytes.length % WIDTH[dtype] !== 0) {
    throw new BaseError("The bytes are no whole number of elements.", {
      facts: { dtype, bytes: bytes.length },
    });
  }
  const data = allocate(dtype, bytes.length / WIDTH[dtype]);
  bytesOf(data).set(bytes);
  return data;
}
