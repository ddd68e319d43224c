// A strict protobuf codec over typed message tables: unknown fields, repeated singular fields and bad text are refused.
import protobuf from "protobufjs/minimal.js";
import { OnnxFormatError } from "./errors.ts";

export type ScalarKind = "int32" | "int64" | "float" | "double" | "string" | "bytes";

export interface FieldType {
  readonly id: number;
  readonly kind: ScalarKind | MessageType;
  readonly repeated: boolean;
}

export interface MessageType {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldType>>;
}

type ScalarValue<K> = K extends "int64"
  ? bigint
  : K extends "string"
    ? string
    : K extends "bytes"
      ? Uint8Array
      : number;
type KindValue<K> = K extends MessageType ? Message<K> : ScalarValue<K>;

/** The plain object of a message type; a field that is not on the wire is absent. */
export type Message<M extends MessageType> = {
  [N in keyof M["fields"]]?: M["fields"][N]["repeated"] extends true
    ? readonly KindValue<M["fields"][N]["kind"]>[]
    : KindValue<M["fields"][N]["kind"]>;
};

/** What a decoder spends at most on one file. */
export interface ProtobufLimits {
  /** largest file, in bytes */
  readonly bytes: number;
  /** most messages, strings and integers that the file may unfold into */
  readonly items: number;
}

export const DEFAULT_LIMITS: ProtobufLimits = { bytes: 2 ** 31 - 1, items: 2 ** 22 };

export function one<const K extends ScalarKind | MessageType>(id: number, kind: K) {
  return { id, kind, repeated: false } as const;
}

export function many<const K extends ScalarKind | MessageType>(id: number, kind: K) {
  return { id, kind, repeated: true } as const;
}

export function message<const N extends string, const F extends Readonly<Record<string, FieldType>>>(
  name: N,
  fields: F,
) {
  return { name, fields } as const;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const wireTypes: Record<ScalarKind, number> = {
  int32: VARINT,
  int64: VARINT,
  float: FIXED32,
  double: FIXED64,
  string: LENGTH,
  bytes: LENGTH,
};

const byNumber = new WeakMap<MessageType, Map<number, readonly [string, FieldType]>>();

function fieldsOf(type: MessageType): Map<number, readonly [string, FieldType]> {
  let fields = byNumber.get(type);
  if (!fields) {
    fields = new Map(Object.entries(type.fields).map(([name, field]) => [field.id, [name, field]]));
    byNumber.set(type, fields);
  }
  return fields;
}

interface Budget {
  items: number;
}

function readInt64(reader: protobuf.Reader): bigint {
  const value: unknown = reader.int64();
  if (typeof value === "number") return BigInt(value);
  const { low, high } = value as { low: number; high: number };
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

function readValue(reader: protobuf.Reader, kind: ScalarKind | MessageType, budget: Budget): unknown {
  if (kind === "float") return reader.float();
  if (kind === "double") return reader.double();
  if (kind === "bytes") return reader.bytes();
  budget.items -= 1;
  if (budget.items < 0) throw new OnnxFormatError("The file unfolds into too many values.");
  if (kind === "int32") return reader.int32();
  if (kind === "int64") return readInt64(reader);
  if (kind === "string") return utf8.decode(reader.bytes());
  const length = reader.uint32();
  if (length > reader.len - reader.pos) throw new RangeError("message reaches beyond its parent");
  return readMessage(reader, kind, reader.pos + length, budget);
}

function readRepeated(
  reader: protobuf.Reader,
  kind: ScalarKind | MessageType,
  wire: number,
  into: unknown[],
  budget: Budget,
): void {
  const packed = wire === LENGTH && typeof kind === "string" && wireTypes[kind] !== LENGTH;
  if (!packed) {
    into.push(readValue(reader, kind, budget));
    return;
  }
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("packed values reach beyond their parent");
  while (reader.pos < end) into.push(readValue(reader, kind, budget));
  if (reader.pos !== end) throw new RangeError("packed values do not end where they say");
}

function readMessage(
  reader: protobuf.Reader,
  type: MessageType,
  end: number,
  budget: Budget,
): Record<string, unknown> {
  const fields = fieldsOf(type);
  const result: Record<string, unknown> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wire = tag & 7;
    const known = fields.get(tag >>> 3);
    if (!known)
      throw new OnnxFormatError("The file has an unknown field.", {
        facts: { message: type.name, field: tag >>> 3 },
      });
    const [name, field] = known;
    const expected = typeof field.kind === "string" ? wireTypes[field.kind] : LENGTH;
    if (wire !== expected && !(field.repeated && wire === LENGTH))
      throw new OnnxFormatError("A field has the wrong wire type.", {
        facts: { message: type.name, field: name, wire },
      });
    if (field.repeated) {
      result[name] ??= [];
      readRepeated(reader, field.kind, wire, result[name] as unknown[], budget);
    } else {
      if (name in result)
        throw new OnnxFormatError("A field is given twice.", { facts: { message: type.name, field: name } });
      result[name] = readValue(reader, field.kind, budget);
    }
  }
  if (reader.pos !== end)
    throw new OnnxFormatError("A message does not end where it says.", { facts: { message: type.name } });
  return result;
}

/** Reads one message that fills `bytes` exactly. `bytes` fields are views into `bytes`, not copies. */
export function decode<M extends MessageType>(
  type: M,
  bytes: Uint8Array,
  limits: ProtobufLimits = DEFAULT_LIMITS,
): Message<M> {
  if (bytes.length > limits.bytes)
    throw new OnnxFormatError("The file is too large.", {
      facts: { bytes: bytes.length, limit: limits.bytes },
    });
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new protobuf.Reader(view);
  try {
    return readMessage(reader, type, view.length, { items: limits.items }) as Message<M>;
  } catch (cause) {
    if (cause instanceof OnnxFormatError) throw cause;
    throw new OnnxFormatError("The bytes are not a protobuf message.", {
      facts: { message: type.name, offset: reader.pos },
      cause,
    });
  }
}

function writeInt64(writer: protobuf.Writer, value: bigint): void {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  writer.int64({ low, high, unsigned: false } as unknown as number);
}

function writeScalar(writer: protobuf.Writer, kind: ScalarKind, value: unknown): void {
  if (kind === "int32") writer.int32(value as number);
  else if (kind === "int64") writeInt64(writer, value as bigint);
  else if (kind === "float") writer.float(value as number);
  else if (kind === "double") writer.double(value as number);
  else if (kind === "string") writer.string(value as string);
  else writer.bytes(value as Uint8Array);
}

function writeField(writer: protobuf.Writer, field: FieldType, value: unknown): void {
  const { id, kind, repeated } = field;
  const values = repeated ? (value as readonly unknown[]) : [value];
  if (typeof kind !== "string") {
    for (const item of values) {
      writer.uint32(((id << 3) | LENGTH) >>> 0).fork();
      writeMessage(writer, kind, item as Record<string, unknown>);
      writer.ldelim();
    }
    return;
  }
  const wire = wireTypes[kind];
  if (repeated && wire !== LENGTH) {
    if (values.length === 0) return;
    writer.uint32(((id << 3) | LENGTH) >>> 0).fork();
    for (const item of values) writeScalar(writer, kind, item);
    writer.ldelim();
    return;
  }
  for (const item of values) {
    writer.uint32(((id << 3) | wire) >>> 0);
    writeScalar(writer, kind, item);
  }
}

function writeMessage(writer: protobuf.Writer, type: MessageType, value: Record<string, unknown>): void {
  for (const [name, field] of [...fieldsOf(type).values()].sort(([, a], [, b]) => a.id - b.id)) {
    const content = value[name];
    if (content !== undefined) writeField(writer, field, content);
  }
}

/** Bytes of a varint, at most. */
const VARINT_BYTES = 10;

/** Bytes that a message takes, at most. */
function mostBytes(type: MessageType, value: Record<string, unknown>): number {
  let bytes = 0;
  for (const [name, { kind, repeated }] of Object.entries(type.fields)) {
    const content = value[name];
    if (content === undefined) continue;
    for (const item of repeated ? (content as readonly unknown[]) : [content]) {
      bytes += 2 * VARINT_BYTES;
      if (typeof kind !== "string") bytes += mostBytes(kind, item as Record<string, unknown>);
      else if (kind === "bytes") bytes += (item as Uint8Array).length;
      else if (kind === "string") bytes += 3 * (item as string).length;
    }
  }
  return bytes;
}

/** From so many bytes on, a writer is given its room at once: beyond 2^30 it would grow by every single write. */
const LARGE = 2 ** 28;

/** Writes a message: fields in ascending order of their numbers, numbers packed, absent fields left out. */
export function encode<M extends MessageType>(type: M, value: Message<M>): Uint8Array {
  const writer = new protobuf.Writer();
  const most = mostBytes(type, value as Record<string, unknown>);
  const isLarge = most > LARGE;
  if (isLarge) writer.bytes(new Uint8Array(most)).reset();
  writeMessage(writer, type, value as Record<string, unknown>);
  if (writer.len > DEFAULT_LIMITS.bytes)
    throw new OnnxFormatError("A protobuf file holds less than 2 GiB.", { facts: { bytes: writer.len } });
  // large ones are not copied once more
  return writer.finish(isLarge);
}
