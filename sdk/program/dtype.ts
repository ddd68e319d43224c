// The element types: codes, widths, bounds, and typed arrays of them.
import { BaseError } from "../errors.ts";
import type { DType, TensorData, WideData } from "./types.ts";

export const DTYPE_CODES: Readonly<Record<DType, number>> = {
  u8: 1,
  i8: 2,
  i32: 3,
  i64: 4,
  i16: 5,
  u16: 6,
  u32: 7,
  u64: 8,
  bool: 9,
};

/** Bytes of one element. */
export const WIDTH: Readonly<Record<DType, number>> = {
  u8: 1,
  i8: 1,
  i32: 4,
  i64: 8,
  i16: 2,
  u16: 2,
  u32: 4,
  u64: 8,
  bool: 1,
};

const dtypes = Object.keys(DTYPE_CODES) as DType[];

/** All types but `bool`. */
export const INTEGERS: readonly DType[] = dtypes.filter((dtype) => dtype !== "bool");

/** Those that runtimes compare in Clip, Min and Max. */
export const CLIPPED: readonly DType[] = ["u8", "i8", "i32", "u32", "i64", "u64"];

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
  i16: { min: -(2n ** 15n), max: 2n ** 15n - 1n },
  u16: { min: 0n, max: 2n ** 16n - 1n },
  u32: { min: 0n, max: 2n ** 32n - 1n },
  u64: { min: 0n, max: 2n ** 64n - 1n },
  bool: { min: 0n, max: 1n },
};

/** Least and greatest value of a type. */
export const dtypeBounds = (dtype: DType): Bounds => BOUNDS[dtype];

const isSigned = (dtype: DType): boolean => BOUNDS[dtype].min < 0n;

/** Two's complement wrap of an unbounded integer to the type's width; of a `bool` to its byte. */
export const wrap = (value: bigint, dtype: DType): bigint =>
  (isSigned(dtype) ? BigInt.asIntN : BigInt.asUintN)(8 * WIDTH[dtype], value);

const ARRAYS = {
  u8: Uint8Array,
  i8: Int8Array,
  i32: Int32Array,
  i64: BigInt64Array,
  i16: Int16Array,
  u16: Uint16Array,
  u32: Uint32Array,
  u64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** True of elements that are bigints. */
export const isWide = (data: TensorData): data is WideData => data.BYTES_PER_ELEMENT === 8;

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
