// Constant tensors of a float model: read from the file, and folded at compile time.
import { DATA_TYPE, dataTypeName, type TensorProto } from "@assay/sdk/program";
import { UnsupportedModelError } from "./errors.ts";

/** A tensor known at compile time, row-major. Integers are exact up to 2^53, beyond which reading is refused. */
export interface Constant {
  readonly dtype: "float" | "integer";
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

function rawReader(
  type: number | undefined,
): { width: number; read(view: DataView, at: number): number } | undefined {
  switch (type) {
    case DATA_TYPE.FLOAT:
      return { width: 4, read: (view, at) => view.getFloat32(at, true) };
    case DATA_TYPE.DOUBLE:
      return { width: 8, read: (view, at) => view.getFloat64(at, true) };
    case DATA_TYPE.INT32:
      return { width: 4, read: (view, at) => view.getInt32(at, true) };
    case DATA_TYPE.INT64:
      return { width: 8, read: (view, at) => Number(view.getBigInt64(at, true)) };
    default:
      return undefined;
  }
}

function listed(proto: TensorProto): readonly (number | bigint)[] {
  if (proto.dataType === DATA_TYPE.FLOAT) return proto.floatData ?? [];
  if (proto.dataType === DATA_TYPE.DOUBLE) return proto.doubleData ?? [];
  return proto.dataType === DATA_TYPE.INT32 ? (proto.int32Data ?? []) : (proto.int64Data ?? []);
}

/** Reads an initializer or the value of a Constant node. */
export function readConstant(proto: TensorProto): Constant {
  const name = proto.name ?? "";
  const refuse = (what: string, hint: string): never => {
    throw new UnsupportedModelError(`The constant "${name}" ${what}.`, { facts: { tensor: name }, hint });
  };
  if (proto.externalData?.length || proto.dataLocation)
    refuse("is stored outside the model file", "Save the model with all weights in one file.");
  if (proto.segment) refuse("is split into segments", "Save the model again with a current exporter.");
  const reader = rawReader(proto.dataType);
  if (!reader)
    return refuse(
      `has the type ${dataTypeName(proto.dataType)}`,
      "Export the model in float32 (int64 for shapes).",
    );
  const shape = (proto.dims ?? []).map(Number);
  if (shape.some((size) => size < 0)) refuse("has a negative dimension", "Export the model again.");
  const count = elements(shape);
  const raw = proto.rawData;
  const values = raw ? [] : listed(proto);
  if ((raw ? raw.length / reader.width : values.length) !== count)
    refuse("does not have as many values as its dimensions say", "Export the model again.");
  const data = new Float64Array(count);
  if (raw) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let index = 0; index < count; index++) data[index] = reader.read(view, index * reader.width);
  } else {
    for (let index = 0; index < count; index++) data[index] = Number(values[index]);
  }
  const dtype =
    proto.dataType === DATA_TYPE.INT32 || proto.dataType === DATA_TYPE.INT64 ? "integer" : "float";
  if (data.some((value) => !Number.isFinite(value) || (dtype === "integer" && !Number.isSafeInteger(value))))
    refuse(
      "holds a value that is not a finite number",
      "Find out why training produced it, and export again.",
    );
  return { dtype, shape, data };
}

export function reshape(constant: Constant, shape: readonly number[]): Constant {
  return { ...constant, shape };
}

export function transpose({ dtype, shape, data }: Constant, perm: readonly number[]): Constant {
  const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
  const outShape = perm.map((axis) => shape[axis]!);
  const out = new Float64Array(data.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let position = 0; position < data.length; position++) {
    let from = 0;
    for (let axis = 0; axis < perm.length; axis++) from += index[axis]! * strides[perm[axis]!]!;
    out[position] = data[from]!;
    for (let axis = perm.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < outShape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { dtype, shape: outShape, data: out };
}
