// The element types of a model as those of a program.
import { type DType, dataFromBytes, type TensorData } from "@assay/sdk/program";
import type { Constant, OnnxDType } from "../graph/types.ts";

/** The type that a program holds the elements in; none where it cannot. Truth values are bytes of 0 or 1. */
export type ElementTypes = (dtype: OnnxDType) => DType | undefined;

const integers: Partial<Record<OnnxDType, DType>> = {
  u8: "u8",
  i8: "i8",
  u16: "u16",
  i16: "i16",
  u32: "u32",
  i32: "i32",
  u64: "u64",
  i64: "i64",
  bool: "u8",
};

const floats: Partial<Record<OnnxDType, DType>> = { f32: "i32", f64: "i64" };

export const integerTypes: ElementTypes = (dtype) => integers[dtype];

/** Floats too, as the integers that have their bits. */
export const bitTypes: ElementTypes = (dtype) => integers[dtype] ?? floats[dtype];

/** The elements of a constant, of floats their bits. */
export function integerData({ dtype, data }: Constant): TensorData {
  const bits = floats[dtype];
  if (!bits) return data as TensorData;
  return dataFromBytes(bits, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** The first of the types that holds all values of `dtype`, or `dtype` itself where it is one of them. */
export function widened(dtype: DType, allowed: readonly DType[]): DType {
  if (allowed.includes(dtype)) return dtype;
  return dtype === "u32" || dtype === "u64" || !allowed.includes("i32") ? "i64" : "i32";
}
