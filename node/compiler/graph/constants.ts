// Constants of a model: held in memory as views of the file's bytes, or left in their file and read in parts.
import { closeSync, openSync, readSync } from "node:fs";
import type { TensorProto } from "@assay/sdk/program";
import { UnsupportedModelError } from "../errors.ts";
import { allocateData, dtypeOfCode, fromRaw, rawLength } from "./dtypes.ts";
import { externalRange, type FileRange } from "./externalData.ts";
import type { Constant, ConstantData, OnnxDType } from "./types.ts";

export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** A constant whose elements are in memory. */
export class MemoryConstant implements Constant {
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly data: ConstantData;

  constructor(dtype: OnnxDType, shape: readonly number[], data: ConstantData) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = data.length;
    this.data = data;
  }

  part(start: number, end: number): ConstantData {
    return this.data.subarray(start, end);
  }
}

/** Most bytes of one read. */
const READ_SIZE = 2 ** 30;

function readRange({ path, offset }: FileRange, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(file, bytes, done, Math.min(READ_SIZE, length - done), offset + start + done);
      if (count === 0)
        throw new UnsupportedModelError("A file of the model became shorter while it was read.", {
          facts: { path },
        });
      done += count;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}

/** Bytes of constants in files that stay in memory: those that were read last. */
const MAX_KEPT = 2 ** 28;

/** The least recently read first. Weak references would keep everything that one task reads until the task ends. */
const kept = new Map<FileConstant, ConstantData>();

function keep(constant: FileConstant, data: ConstantData): void {
  kept.delete(constant);
  kept.set(constant, data);
  let bytes = 0;
  for (const { byteLength } of kept.values()) bytes += byteLength;
  for (const [oldest, { byteLength }] of kept) {
    if (bytes <= MAX_KEPT) return;
    kept.delete(oldest);
    bytes -= byteLength;
  }
}

/** A constant in a file; of all of them little stays in memory longer than its reader holds it. */
export class FileConstant implements Constant {
  readonly dtype: Exclude<OnnxDType, "string">;
  readonly shape: readonly number[];
  readonly size: number;
  readonly range: FileRange;

  constructor(dtype: Exclude<OnnxDType, "string">, shape: readonly number[], range: FileRange) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = elements(shape);
    this.range = range;
  }

  get data(): ConstantData {
    const data = kept.get(this) ?? this.part(0, this.size);
    keep(this, data);
    return data;
  }

  part(start: number, end: number): ConstantData {
    const held = kept.get(this);
    if (held) return held.subarray(start, end);
    // two 4-bit elements share a byte
    const lead = (this.dtype === "i4" || this.dtype === "u4") && start % 2 === 1 ? 1 : 0;
    const from = rawLength(this.dtype, start - lead);
    const count = end - start + lead;
    const bytes = readRange(this.range, from, rawLength(this.dtype, count));
    return fromRaw(this.dtype, bytes, count).subarray(lead);
  }
}

type Numbers = readonly (number | bigint)[];

/** The elements of a tensor that is not stored as raw bytes, as ONNX distributes the types over its lists. */
function listed(proto: TensorProto, dtype: OnnxDType): Numbers {
  if (dtype === "f32") return proto.floatData ?? [];
  if (dtype === "f64") return proto.doubleData ?? [];
  if (dtype === "i64") return proto.int64Data ?? [];
  if (dtype === "u32" || dtype === "u64") return proto.uint64Data ?? [];
  return proto.int32Data ?? [];
}

/** 16-bit floats and 4-bit integers are listed as the bits that raw data would hold. */
function fromListed(
  dtype: Exclude<OnnxDType, "string">,
  values: Numbers,
  count: number,
): ConstantData | undefined {
  if (dtype === "f16" || dtype === "bf16" || dtype === "i4" || dtype === "u4") {
    const wide = dtype === "f16" || dtype === "bf16";
    if (values.length !== (wide ? count : Math.ceil(count / 2))) return undefined;
    const bits = wide ? Uint16Array.from(values, Number) : Uint8Array.from(values, Number);
    return fromRaw(dtype, new Uint8Array(bits.buffer), count);
  }
  if (values.length !== count) return undefined;
  const data = allocateData(dtype, count);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let index = 0; index < count; index++) data[index] = BigInt(values[index]!);
  else for (let index = 0; index < count; index++) data[index] = Number(values[index]!);
  return data;
}

function refuse(name: string, what: string, hint: string): never {
  throw new UnsupportedModelError(`The constant "${name}" ${what}.`, { facts: { tensor: name }, hint });
}

const AGAIN = "Export the model again.";
const MAX_ELEMENTS = 2n ** 40n;

export function shapeOfProto(proto: TensorProto): number[] {
  const name = proto.name ?? "";
  const dims = proto.dims ?? [];
  if (dims.some((size) => size < 0n)) refuse(name, "has a negative dimension", AGAIN);
  if (dims.reduce((product, size) => product * size, 1n) > MAX_ELEMENTS)
    refuse(name, "has more elements than any file holds", AGAIN);
  return dims.map(Number);
}

/**
 * Reads an initializer or a tensor attribute. Numbers are not looked at: constants that no node needs may hold anything.
 * @param folder where external data lie
 * @throws UnsupportedModelError
 */
export function readConstant(proto: TensorProto, folder: string | undefined): Constant {
  const name = proto.name ?? "";
  const dtype = dtypeOfCode(proto.dataType);
  if (dtype === undefined || dtype === "string")
    return refuse(
      name,
      `has the element type ${dtype ?? proto.dataType ?? "none"}`,
      "Export the model with numbers of at most 64 bits, or without strings.",
    );
  if (proto.segment) refuse(name, "is split into segments", "Save the model again with a current exporter.");
  const shape = shapeOfProto(proto);
  const count = elements(shape);
  if (proto.externalData?.length || proto.dataLocation) {
    const range = externalRange(proto, folder);
    const length = rawLength(dtype, count);
    if (range.length !== length)
      refuse(
        name,
        `takes ${length} bytes, but its file holds ${range.length} for it`,
        "Save the model again with all of its files.",
      );
    return new FileConstant(dtype, shape, range);
  }
  const raw = proto.rawData;
  const data = raw
    ? raw.length === rawLength(dtype, count)
      ? fromRaw(dtype, raw, count)
      : undefined
    : fromListed(dtype, listed(proto, dtype), count);
  if (!data) return refuse(name, "does not have as many values as its dimensions say", AGAIN);
  return new MemoryConstant(dtype, shape, data);
}

/** A constant that the compiler makes itself. */
export const integerConstant = (values: readonly (number | bigint)[], shape = [values.length]): Constant =>
  new MemoryConstant("i64", shape, BigInt64Array.from(values, BigInt));

/** The values of an integer constant; refused beyond 2^53. */
export function integersOf(constant: Constant): number[] {
  return Array.from(constant.data as ArrayLike<number | bigint>, (value) => {
    const integer = Number(value);
    if (!Number.isSafeInteger(integer) && BigInt(value) !== BigInt(integer))
      return Math.sign(integer) * Infinity;
    return integer;
  });
}
