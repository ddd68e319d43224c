// Descriptors for the rule tests: of real steps, of steps at or just beyond a limit, and damaged ones.
import {
  byteLength,
  encodeDescriptor,
  isRowMajor,
  type OpName,
  type Source,
  type Step,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { ProgramHeader } from "@assay/sdk/protocol";
import { mutateBytes, mutateStep } from "../helpers/mutations.ts";
import type { Random } from "../helpers/random.ts";
import { opNames, randomCase } from "../helpers/steps.ts";

export interface Question {
  readonly header: ProgramHeader;
  readonly index: number;
  readonly descriptor: Uint8Array;
}

const many = <T>(item: T, count: number): T[] => Array.from({ length: count }, () => item);

const stepOf = (
  op: OpName,
  operands: readonly TensorType[],
  attributes: readonly (number | bigint)[],
  out: TensorType,
): Step => ({
  op,
  operands: operands.map((type) => ({ source: { kind: "constant", index: 0 }, type })),
  attributes: attributes.map(BigInt),
  out,
});

function matMul(dtype: "u8" | "i8", inner: number): Step {
  const operands = [tensorType("u8", [1, inner]), tensorType(dtype, [inner, 1])];
  return stepOf("MatMulInteger", operands, [0, 0], tensorType("i32", [1, 1]));
}

function conv(channels: number): Step {
  const operands = [tensorType("u8", [1, channels, 1, 1]), tensorType("u8", [1, channels, 1, 1])];
  const attributes = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0];
  return stepOf("ConvInteger", operands, attributes, tensorType("i32", [1, 1, 1, 1]));
}

function maxPool(kernel: number): Step {
  const attributes = [kernel, 64, 0, 0, 0, 0, 1, 1, 1, 1];
  return stepOf(
    "MaxPool",
    [tensorType("u8", [1, 1, kernel, 64])],
    attributes,
    tensorType("u8", [1, 1, 1, 1]),
  );
}

const argMax = (size: number): Step =>
  stepOf("ArgMax", [tensorType("i8", [size])], [0, 0], tensorType("i64", []));

const reduced = (op: "ReduceSum" | "ReduceMax", size: number): Step =>
  stepOf(op, [tensorType("i32", [size])], [0, 0], tensorType("i32", []));

const cumSum = (size: number): Step =>
  stepOf("CumSum", [tensorType("i64", [size, 1])], [0, 1, 0], tensorType("i64", [size, 1]));

function scatter(size: number): Step {
  const data = tensorType("u8", [7]);
  return stepOf("ScatterElements", [data, tensorType("i32", [size]), tensorType("u8", [size])], [0], data);
}

/** Indices of so many axes that the output has as many, or more than a tensor may have. */
function gather(rank: number): Step {
  const out = tensorType("i32", many(1, Math.min(8, rank + 1)));
  return stepOf("Gather", [tensorType("i32", [3, 1]), tensorType("i64", many(1, rank))], [0], out);
}

/** A slice of five elements, of which the last one may lie outside. */
function slice(start: number, step: number | bigint, count: number): Step {
  const attributes = [start, 0, 0, 0, 0, 0, 0, 0, step, 1, 1, 1, 1, 1, 1, 1];
  return stepOf("Slice", [tensorType("i16", [5])], attributes, tensorType("i16", [count]));
}

function pad(begin: number | bigint, value: number | bigint, size: number): Step {
  const attributes = [begin, 0, 0, 0, 0, 0, 0, 0, value];
  return stepOf("Pad", [tensorType("i8", [3])], attributes, tensorType("i8", [size]));
}

const bool = (): Step => stepOf("Reshape", [tensorType("bool", [4])], [], tensorType("bool", [2, 2]));

const cast = (shape: readonly number[]): Step =>
  stepOf("Cast", [tensorType("u8", shape)], [], tensorType("u8", shape));

const atLimits: readonly Step[] = [
  ...[8192, 8193].flatMap((inner) => [matMul("u8", inner), conv(inner)]),
  ...[32768, 32769].flatMap((inner) => [matMul("i8", inner), argMax(inner)]),
  ...[128, 129].map(maxPool),
  ...[32768, 32769].flatMap((size) => [reduced("ReduceSum", size), reduced("ReduceMax", size), cumSum(size)]),
  ...[1024, 1025].map(scatter),
  ...[0, 6, 7, 8].map(gather),
  slice(4, -1, 5),
  slice(4, -1, 6),
  slice(0, 2, 3),
  slice(1, 2, 3),
  slice(2, 0, 1),
  slice(5, 1, 1),
  slice(4, 2n ** 63n - 1n, 1),
  slice(4, 2n ** 63n - 1n, 2),
  slice(4, -(2n ** 63n), 2),
  pad(2, 127, 5),
  pad(3, 127, 5),
  pad(0, 128, 5),
  pad(0, -129, 5),
  pad(-1, 0, 5),
  pad(2n ** 63n - 1n, 0, 5),
  ...many(bool(), 4),
  ...[0, 1, 1024, 16 * 1024, 16 * 1024 + 1, 2 ** 31 - 1, 2 ** 31].map((size) => cast([size])),
  ...[8, 9].map((size) => cast([2 ** 31 - 1, size])),
  ...[16, 17].map((size) => cast([2 ** 30, size])),
  cast(many(2 ** 31 - 1, 8)),
  ...[8, 9].map((rank) => cast(many(1, rank))),
  ...[8, 9].map((count) => stepOf("Cast", many(tensorType("u8", []), count), [], tensorType("u8", []))),
  ...[8, 9].map((count) =>
    stepOf("Concat", many(tensorType("u8", [1]), count), [0], tensorType("u8", [count])),
  ),
  ...[16, 17].map((count) =>
    stepOf("Collect", many(tensorType("i64", []), count), [], tensorType("u8", [8 * count])),
  ),
  ...[16, 17].map((count) => stepOf("Cast", [tensorType("u8", [])], many(0, count), tensorType("u8", []))),
];

function randomSource(random: Random, index: number, type: TensorType, header: ProgramHeader): Source {
  const kind = type.dtype === "bool" ? "slot" : random.pick(["slot", "input", "constant"] as const);
  if (kind === "slot" && index > 0) return { kind, index: random.integer(0, index - 1) };
  const room = header.inputBytes - byteLength(type);
  if (kind === "input" && isRowMajor(type) && room >= 0) {
    return { kind, offset: 8 * random.integer(0, Math.floor(room / 8)) };
  }
  return { kind: "constant", index: random.integer(0, header.constants - 1) };
}

/** A source that the operator takes: Collect and Stop read slots, and Carry goes on with any. */
function sourceOf(
  random: Random,
  { op, operands }: Step,
  number: number,
  index: number,
  header: ProgramHeader,
): Source {
  const slots = op === "Carry" ? header.slots : index;
  const isSlot = op === "Collect" || op === "Stop" || (op === "Carry" && number === 1);
  if (isSlot) return { kind: "slot", index: random.integer(0, slots - 1) };
  const source = randomSource(random, index, operands[number]!.type, header);
  return op === "Carry" && source.kind === "slot" ? { kind: "constant", index: 0 } : source;
}

/** Where an operator may stand. */
function placeOf(random: Random, op: OpName, { slots, maxPasses }: ProgramHeader): number {
  if (op === "Collect") return slots;
  return op === "Stop" ? slots - 1 : random.integer(0, slots - (maxPasses > 1 ? 2 : 1));
}

/** A step that stands in a program: its sources exist, and a collect is as long as the output. */
function placed(random: Random, bare: Step): { step: Step; header: ProgramHeader; index: number } {
  const header: ProgramHeader = {
    operatorSet: 1,
    slots: random.integer(4, 20),
    constants: random.integer(1, 3),
    maxPasses: bare.op === "Stop" ? 2 : random.pick([1, 1, 2, 65_536]),
    inputBytes: random.pick([64, 1000, 4096]),
    outputBytes: bare.op === "Collect" ? byteLength(bare.out) : random.integer(1, 100),
    tensorDepth: random.pick([0, 1, 2, 6]),
  };
  const index = placeOf(random, bare.op, header);
  const operands = bare.operands.map(({ type }, number) => ({
    type,
    source: sourceOf(random, bare, number, index, header),
  }));
  return { step: { ...bare, operands }, header, index };
}

/** A descriptor that is well formed, or at or beyond one limit, or damaged once or twice. */
export function randomQuestion(random: Random): Question {
  const bare = random.next() < 0.2 ? random.pick(atLimits) : randomCase(random.pick(opNames), random).step;
  let { step, header, index } = placed(random, bare);
  if (random.next() < 0.05) index = random.integer(0, header.slots + 2);
  if (random.next() < 0.05) header = { ...header, outputBytes: header.outputBytes + 1 };
  if (random.next() < 0.05) header = { ...header, maxPasses: random.pick([1, 2]) };
  for (let count = random.pick([0, 1, 1, 2]); count > 0; count--) {
    if (step.operands.length > 0) step = mutateStep(step, random);
  }
  let descriptor = encodeDescriptor(step);
  if (random.next() < 0.3) descriptor = mutateBytes(descriptor, random);
  return { header, index, descriptor };
}
