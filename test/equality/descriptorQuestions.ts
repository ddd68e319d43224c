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

const stepOf = (
  op: OpName,
  operands: readonly TensorType[],
  attributes: readonly number[],
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

const cast = (shape: readonly number[]): Step =>
  stepOf("Cast", [tensorType("u8", shape)], [], tensorType("u8", shape));

const many = <T>(item: T, count: number): T[] => Array.from({ length: count }, () => item);

const atLimits: readonly Step[] = [
  ...[8192, 8193].flatMap((inner) => [matMul("u8", inner), conv(inner)]),
  ...[32768, 32769].flatMap((inner) => [matMul("i8", inner), argMax(inner)]),
  ...[128, 129].map(maxPool),
  ...[0, 1, 1024, 16 * 1024, 16 * 1024 + 1, 2 ** 31 - 1, 2 ** 31].map((size) => cast([size])),
  ...[8, 9].map((size) => cast([2 ** 31 - 1, size])),
  ...[16, 17].map((size) => cast([2 ** 30, size])),
  cast(many(2 ** 31 - 1, 8)),
  ...[8, 9].map((rank) => cast(many(1, rank))),
  ...[8, 9].map((count) => stepOf("Cast", many(tensorType("u8", []), count), [], tensorType("u8", []))),
  ...[16, 17].map((count) =>
    stepOf("Collect", many(tensorType("i64", []), count), [], tensorType("u8", [8 * count])),
  ),
  ...[16, 17].map((count) => stepOf("Cast", [tensorType("u8", [])], many(0, count), tensorType("u8", []))),
];

function randomSource(random: Random, index: number, type: TensorType, header: ProgramHeader): Source {
  const kind = random.pick(["slot", "input", "constant"] as const);
  if (kind === "slot" && index > 0) return { kind, index: random.integer(0, index - 1) };
  const room = header.inputBytes - byteLength(type);
  if (kind === "input" && isRowMajor(type) && room >= 0) {
    return { kind, offset: 8 * random.integer(0, Math.floor(room / 8)) };
  }
  return { kind: "constant", index: random.integer(0, header.constants - 1) };
}

/** A step that stands in a program: its sources exist, and a collect is as long as the output. */
function placed(random: Random, bare: Step): { step: Step; header: ProgramHeader; index: number } {
  const collects = bare.op === "Collect";
  const header: ProgramHeader = {
    operatorSet: 1,
    slots: random.integer(4, 20),
    constants: random.integer(1, 3),
    maxPasses: 1,
    inputBytes: random.pick([64, 1000, 4096]),
    outputBytes: collects ? byteLength(bare.out) : random.integer(1, 100),
    tensorDepth: random.pick([0, 1, 2, 6]),
  };
  const index = collects ? header.slots : random.integer(0, header.slots - 1);
  const operands = bare.operands.map(({ type }) => ({
    type,
    source: collects
      ? ({ kind: "slot", index: random.integer(0, index - 1) } as const)
      : randomSource(random, index, type, header),
  }));
  return { step: { ...bare, operands }, header, index };
}

/** A descriptor that is well formed, or at or beyond one limit, or damaged once or twice. */
export function randomQuestion(random: Random): Question {
  const bare = random.next() < 0.2 ? random.pick(atLimits) : randomCase(random.pick(opNames), random).step;
  let { step, header, index } = placed(random, bare);
  if (random.next() < 0.05) index = random.integer(0, header.slots + 2);
  if (random.next() < 0.05) header = { ...header, outputBytes: header.outputBytes + 1 };
  for (let count = random.pick([0, 1, 1, 2]); count > 0; count--) {
    if (step.operands.length > 0) step = mutateStep(step, random);
  }
  let descriptor = encodeDescriptor(step);
  if (random.next() < 0.3) descriptor = mutateBytes(descriptor, random);
  return { header, index, descriptor };
}
