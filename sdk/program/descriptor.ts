// The canonical bytes of one step.
import { BaseError } from "../errors.ts";
import { DTYPE_CODES, dtypeOfCode, WIDTH } from "./dtype.ts";
import { MAX_RANK } from "./ops/definition.ts";
import { operators, opOfCode } from "./ops/index.ts";
import { isPermutation } from "./tensor.ts";
import type { Operand, OpName, Source, Step, TensorType } from "./types.ts";

const MAX_DIMENSION = 2 ** 31 - 1;
const MAX_TENSOR_BYTES = 2 ** 34;
const MAX_OPERANDS = 8;
const MAX_ATTRIBUTES = 16;

const SOURCE_CODES: Readonly<Record<Source["kind"], number>> = { slot: 0, input: 1, constant: 2 };

const sourceIndex = (source: Source): number => (source.kind === "input" ? source.offset : source.index);

function writeType(bytes: number[], { dtype, shape, layout }: TensorType): void {
  bytes.push(DTYPE_CODES[dtype], shape.length);
  for (const size of shape) writeUint32(bytes, size);
  bytes.push(...layout);
}

function writeUint32(bytes: number[], value: number): void {
  bytes.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** The one byte string that says this step. */
export function encodeDescriptor({ op, operands, attributes, out }: Step): Uint8Array {
  const bytes: number[] = [operators[op].opcode];
  writeType(bytes, out);
  bytes.push(operands.length);
  for (const { source, type } of operands) {
    bytes.push(SOURCE_CODES[source.kind]);
    writeUint32(bytes, sourceIndex(source));
    writeType(bytes, type);
  }
  bytes.push(attributes.length);
  for (const attribute of attributes) {
    for (let shift = 56n; shift >= 0n; shift -= 8n) bytes.push(Number((attribute >> shift) & 255n));
  }
  return Uint8Array.from(bytes);
}

/** The numbers of the rules that reading checks; their sentences are in `descriptorRules`. */
const FORM = {
  truncated: 1,
  opcode: 2,
  dtype: 3,
  rank: 4,
  dimension: 5,
  layout: 6,
  tensorBytes: 7,
  operandCount: 8,
  source: 9,
  attributeCount: 10,
  trailing: 11,
} as const;

class Fault extends Error {
  readonly rule: number;
  constructor(rule: number) {
    super();
    this.rule = rule;
  }
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#view.byteLength) throw new Fault(FORM.truncated);
    return at;
  }

  uint8 = (): number => this.#view.getUint8(this.#take(1));
  uint32 = (): number => this.#view.getUint32(this.#take(4));
  int64 = (): bigint => this.#view.getBigInt64(this.#take(8));

  end(): void {
    if (this.#at < this.#view.byteLength) throw new Fault(FORM.trailing);
  }
}

function check(condition: boolean, rule: number): asserts condition {
  if (!condition) throw new Fault(rule);
}

function readType(reader: Reader): TensorType {
  const dtype = dtypeOfCode(reader.uint8());
  check(dtype !== undefined, FORM.dtype);
  const rank = reader.uint8();
  check(rank <= MAX_RANK, FORM.rank);
  const shape: number[] = [];
  let bytes = WIDTH[dtype];
  for (let axis = 0; axis < rank; axis++) {
    const size = reader.uint32();
    check(size >= 1 && size <= MAX_DIMENSION, FORM.dimension);
    shape.push(size);
    bytes = Math.min(bytes * size, 2 * MAX_TENSOR_BYTES);
  }
  const layout = shape.map(() => reader.uint8());
  check(isPermutation(layout), FORM.layout);
  check(bytes <= MAX_TENSOR_BYTES, FORM.tensorBytes);
  return { dtype, shape, layout };
}

function readOperand(reader: Reader): Operand {
  const code = reader.uint8();
  check(code <= 2, FORM.source);
  const index = reader.uint32();
  const source: Source =
    code === SOURCE_CODES.input
      ? { kind: "input", offset: index }
      : { kind: code === SOURCE_CODES.slot ? "slot" : "constant", index };
  const type = readType(reader);
  check(type.dtype !== "bool" || source.kind === "slot", FORM.source);
  return { source, type };
}

function read(bytes: Uint8Array): Step {
  const reader = new Reader(bytes);
  const op = opOfCode(reader.uint8());
  check(op !== undefined, FORM.opcode);
  const out = readType(reader);
  const operandCount = reader.uint8();
  check(operandCount <= mostOperands(op), FORM.operandCount);
  const operands = Array.from({ length: operandCount }, () => readOperand(reader));
  const attributeCount = reader.uint8();
  check(attributeCount <= MAX_ATTRIBUTES, FORM.attributeCount);
  const attributes = Array.from({ length: attributeCount }, () => reader.int64());
  reader.end();
  return { op, operands, attributes, out };
}

const mostOperands = (op: OpName): number => Math.max(MAX_OPERANDS, operators[op].operands[1]);

/** Reads canonical bytes; a number is the first rule of form that they break. */
export function parseDescriptor(bytes: Uint8Array): Step | number {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof Fault) return error.rule;
    throw error;
  }
}

/** Thrown when bytes are no descriptor. */
export class DescriptorError extends BaseError {
  override name = "DescriptorError";
  readonly rule: number;

  constructor(rule: number, sentence: string) {
    super("The bytes are no descriptor.", { facts: { rule, broken: sentence } });
    this.rule = rule;
  }
}
