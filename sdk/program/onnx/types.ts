// The translation between a program's tensor types and their ONNX form, and the canonical names.
import { bytesOf, dataFromBytes, WIDTH } from "../dtype.ts";
import { tensorType } from "../tensor.ts";
import type { DType, Tensor, TensorType } from "../types.ts";
import { NotFastFormError } from "./errors.ts";
import { DATA_TYPE, dataTypeName, type TensorProto, type ValueInfoProto } from "./schema.ts";

export const inputName = (index: number): string => `x${index}`;
export const slotName = (index: number): string => `t${index}`;
export const isSlotName = (name: string | undefined): boolean => /^t\d+$/.test(name ?? "");
export const constantName = (index: number): string => `c${index}`;
/** Extra input `part` of the node of slot `slot`: an attribute that ONNX takes as a tensor. */
export const partName = (slot: number, part: number): string => `a${slot}.${part}`;

const codes: Readonly<Record<DType, number>> = {
  u8: DATA_TYPE.UINT8,
  i8: DATA_TYPE.INT8,
  i32: DATA_TYPE.INT32,
  i64: DATA_TYPE.INT64,
  i16: DATA_TYPE.INT16,
  u16: DATA_TYPE.UINT16,
  u32: DATA_TYPE.UINT32,
  u64: DATA_TYPE.UINT64,
  bool: DATA_TYPE.BOOL,
};

export function dataType(dtype: DType): number {
  return codes[dtype];
}

export function dtypeOf(code: number | undefined, name: string): DType {
  for (const dtype of Object.keys(codes) as DType[]) if (codes[dtype] === code) return dtype;
  throw new NotFastFormError("A program holds integers only.", {
    facts: { tensor: name, type: dataTypeName(code) },
  });
}

export function toValueInfo(name: string, type: TensorType): ValueInfoProto {
  const dim = type.shape.map((size) => ({ dimValue: BigInt(size) }));
  return { name, type: { tensorType: { elemType: dataType(type.dtype), shape: { dim } } } };
}

function toSize(value: bigint | undefined, name: string): number {
  if (value === undefined || value < 0n || value > BigInt(2 ** 31 - 1))
    throw new NotFastFormError("A dimension is not a number from 0 to 2^31 - 1.", {
      facts: { tensor: name, dimension: value ?? "none" },
    });
  return Number(value);
}

export function fromValueInfo(info: ValueInfoProto): TensorType {
  const name = info.name ?? "";
  const tensor = info.type?.tensorType;
  if (!tensor?.shape) throw new NotFastFormError("A tensor has no type.", { facts: { tensor: name } });
  const shape = (tensor.shape.dim ?? []).map((dim) => toSize(dim.dimValue, name));
  return tensorType(dtypeOf(tensor.elemType, name), shape);
}

export function toTensorProto(name: string, tensor: Tensor): TensorProto {
  const dims = tensor.type.shape.map(BigInt);
  return { dims, dataType: dataType(tensor.type.dtype), name, rawData: bytesOf(tensor.data) };
}

/** Reads a tensor that is stored as raw bytes; row-major in memory. */
export function fromTensorProto(proto: TensorProto): Tensor {
  const name = proto.name ?? "";
  const dtype = dtypeOf(proto.dataType, name);
  const shape = (proto.dims ?? []).map((dim) => toSize(dim, name));
  const bytes = proto.rawData ?? new Uint8Array();
  const expected = shape.reduce((product, size) => product * BigInt(size), BigInt(WIDTH[dtype]));
  if (BigInt(bytes.length) !== expected)
    throw new NotFastFormError("A constant has the wrong number of raw bytes.", {
      facts: { tensor: name, bytes: bytes.length, expected },
    });
  return { type: tensorType(dtype, shape), data: dataFromBytes(dtype, bytes) };
}
