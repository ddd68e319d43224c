// Reads a model file without its large tensors: their bytes stay in the file, and are named as external data in it.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UnsupportedModelError } from "../errors.ts";

/** Raw data of fewer bytes are read at once. */
const LARGE = 1 << 16;
const CHUNK = 1 << 16;
const LENGTH = 2;

/** Fields that lead to the raw data of initializers: ModelProto.graph, GraphProto.initializer. */
const PATH = [7, 5];
const RAW_DATA = 9;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const EXTERNAL = 1;

const utf8 = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

const field = (id: number, body: Uint8Array): Uint8Array[] => [
  Uint8Array.from([...varint(id * 8 + LENGTH), ...varint(body.length)]),
  body,
];

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** location, offset and length as a tensor says them, and that it is external. */
function externalFields(location: string, offset: number, length: number): Uint8Array[] {
  const entry = (key: string, value: string): Uint8Array[] =>
    field(EXTERNAL_DATA, join([...field(1, utf8.encode(key)), ...field(2, utf8.encode(value))]));
  return [
    ...entry("location", location),
    ...entry("offset", String(offset)),
    ...entry("length", String(length)),
    Uint8Array.from([...varint(DATA_LOCATION * 8), EXTERNAL]),
  ];
}

/** A window over a file that moves forward. */
class FileReader {
  readonly #file: number;
  readonly size: number;
  #start = 0;
  #bytes = new Uint8Array(0);

  constructor(file: number) {
    this.#file = file;
    this.size = fstatSync(file).size;
  }

  read(start: number, length: number): Uint8Array {
    if (start + length > this.size) broken(start);
    if (start < this.#start || start + length > this.#start + this.#bytes.length) {
      const wanted = Math.min(Math.max(length, CHUNK), this.size - start);
      const bytes = new Uint8Array(wanted);
      for (let done = 0; done < wanted; ) {
        const count = readSync(this.#file, bytes, done, wanted - done, start + done);
        if (count === 0) throw new UnsupportedModelError("The model file became shorter while it was read.");
        done += count;
      }
      if (length > CHUNK) return bytes;
      this.#start = start;
      this.#bytes = bytes;
    }
    return this.#bytes.slice(start - this.#start, start - this.#start + length);
  }

  /** A number and the place behind it. */
  varint(start: number): { value: number; end: number } {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const [byte = 0] = this.read(start + index, 1);
      value += (byte & 127) * 2 ** (7 * index);
      if (byte < 128) return { value, end: start + index + 1 };
    }
    return broken(start);
  }
}

function broken(offset: number): never {
  throw new UnsupportedModelError("The model file is not an ONNX file.", {
    facts: { offset },
    hint: "Check that the whole file was copied.",
  });
}

/** The message from `start` to `end` without large raw data. */
function slim(file: FileReader, start: number, end: number, depth: number, location: string): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const tag = file.varint(at);
    const wire = tag.value % 8;
    const id = Math.floor(tag.value / 8);
    let next: number;
    if (wire === 0) next = file.varint(tag.end).end;
    else if (wire === 1) next = tag.end + 8;
    else if (wire === 5) next = tag.end + 4;
    else if (wire === LENGTH) {
      const length = file.varint(tag.end);
      next = length.end + length.value;
      if (next > end) broken(at);
      if (depth < PATH.length && id === PATH[depth]) {
        const body = slim(file, length.end, next, depth + 1, location);
        parts.push(...field(id, join(body)));
        at = next;
        continue;
      }
      if (depth === PATH.length && id === RAW_DATA && length.value >= LARGE) {
        parts.push(...externalFields(location, length.end, length.value));
        at = next;
        continue;
      }
    } else return broken(at);
    if (next > end) broken(at);
    parts.push(file.read(at, next - at));
    at = next;
  }
  return parts;
}

/**
 * The model in a file, its large constants as external data of that same file.
 * @param location the file's name, as the tensors shall call it
 */
export function readSlimModel(path: string, location: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    const reader = new FileReader(file);
    return join(slim(reader, 0, reader.size, 0, location));
  } finally {
    closeSync(file);
  }
}
