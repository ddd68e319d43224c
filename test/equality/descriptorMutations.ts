// Descriptors for the rule tests: of real steps, of steps just beyond a limit, and damaged ones.

import { encodeDescriptor } from "../../sdk/program/descriptor.ts";
import { DTYPE_CODES } from "../../sdk/program/dtype.ts";
import { byteLength, isRowMajor, tensorType } from "../../sdk/program/tensor.ts";
import type { DType, Operand, OpName, Source, Step, TensorType } from "../../sdk/program/types.ts";
import type { ProgramHeader } from "../../sdk/protocol/index.ts";
import { caseSources } from "./cases/index.ts";
import type { Random } from "./random.ts";

const dtypes = Object.keys(DTYPE_CODES) as DType[];
const ops = Object.keys(caseSources) as OpName[];
const EDGE_DIMS = [0, 1, 2, 3, 8, 91, 1024, 8192, 8193, 32769, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const EDGE_ATTRIBUTES = [
  0n,
  1n,
  2n,
  -1n,
  3n,
  255n,
  256n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

const operand = (type: TensorType): Operand => ({ source: { kind: "constant", index: 0 }, type });
const step = (op: OpName, operands: TensorType[], attributes: number[], out: TensorType): Step => ({
  op,
  operands: operands.map(operand),
  attributes: attributes.map(BigInt),
  out,
});

function matMul(dtype: "u8" | "i8", depth: number): Step {
  const operands = [tensorType("u8", [1, depth]), tensorType(dtype, [depth, 1])];
  return step("MatMulInteger", operands, [0, 0], tensorType("i32", [1, 1]));
}

function conv(channels: number): Step {
  const operands = [tensorType("u8", [1, channels, 1, 1]), tensorType("u8", [1, channels, 1, 1])];
  return step("ConvInteger", operands, [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0], tensorType("i32", [1, 1, 1, 1]));
}

function maxPool(kernel: number): Step {
  const attributes = [kernel, 64, 0, 0, 0, 0, 1, 1, 1, 1];
  return step("MaxPool", [tensorType("u8", [1, 1, kernel, 64])], attributes, tensorType("u8", [1, 1, 1, 1]));
}

const argMax = (size: number): Step =>
  step("ArgMax", [tensorType("i8", [size])], [0, 0], tensorType("i64", []));

const cast = (shape: number[]): Step => step("Cast", [tensorType("u8", shape)], [], tensorType("u8", shape));

const atLimits: readonly Step[] = [
  ...[8192, 8193].flatMap((depth) => [matMul("u8", depth), conv(depth)]),
  ...[32768, 32769].flatMap((depth) => [matMul("i8", depth), argMax(depth)]),
  ...[128, 129].map(maxPool),
  ...[2 ** 31 - 1, 1, 8, 9, 1024, 16 * 1024, 16 * 1024 + 1].map((size) => cast([size])),
  ...[8, 9].map((count) => cast([2 ** 31 - 1, count])),
  cast([2 ** 30, 16]),
  cast([2 ** 30, 17]),
  cast([1, 1, 1, 1, 1, 1, 1, 1]),
  cast([1, 1, 1, 1, 1, 1, 1, 1, 1]),
];

export interface Question {
  readonly header: ProgramHeader;
  readonly index: number;
  readonly descriptor: Uint8Array;
}

function randomSource(random: Random, index: number, type: TensorType, header: ProgramHeader): Source {
  const kind = random.int(0, 2);
  if (kind === 0 && index > 0) return { kind: "slot", index: random.int(0, index - 1) };
  const room = header.inputBytes - byteLength(type);
  if (kind === 1 && isRowMajor(type) && room >= 0)
    return { kind: "input", offset: 8 * random.int(0, Math.floor(room / 8)) };
  return { kind: "constant", index: random.int(0, header.constants - 1) };
}

/** A step that stands in a program: sources exist, and a collect is as long as the output. */
function placed(random: Random, bare: Step): { step: Step; header: ProgramHeader; index: number } {
  const collects = bare.op === "Collect";
  const header: ProgramHeader = {
    operatorSet: 1,
    slots: random.int(4, 20),
    constants: random.int(1, 3),
    maxPasses: 1,
    inputBytes: random.pick([64, 1000, 4096]),
    outputBytes: collects ? byteLength(bare.out) : random.int(1, 100),
    tensorDepth: random.pick([0, 1, 2, 6]),
  };
  const index = collects ? header.slots : random.int(0, header.slots - 1);
  const operands = bare.operands.map(({ type, source }) => ({
    type,
    source: collects ? source : randomSource(random, index, type, header),
  }));
  return { step: { ...bare, operands }, header, index };
}

const replaced = <T>(items: readonly T[], index: number, item: T): T[] => items.with(index, item);

function mutateType(random: Random, type: TensorType): TensorType {
  const axis = random.int(0, Math.max(0, type.shape.length - 1));
  const kind = random.int(0, 4);
  if (kind === 0) return { ...type, dtype: random.pick(dtypes) };
  if (type.shape.length === 0 || kind === 1) {
    const shape = [...type.shape, random.int(1, 2)];
    return { ...type, shape, layout: shape.map((_, place) => place) };
  }
  if (kind === 2) return { ...type, shape: replaced(type.shape, axis, random.pick(EDGE_DIMS)) };
  if (kind === 3) return { ...type, layout: replaced(type.layout, axis, random.int(0, type.shape.length)) };
  return { ...type, shape: replaced(type.shape, axis, type.shape[axis]! + random.pick([-1, 1])) };
}

/** Changes one thing that a descriptor says. */
function mutateStep(random: Random, { op, operands, attributes, out }: Step): Step {
  if (operands.length === 0) return { op, operands: [operand(out)], attributes, out };
  const at = random.int(0, operands.length - 1);
  const target = operands[at]!;
  const attribute = random.int(0, Math.max(0, attributes.length - 1));
  switch (random.int(0, 7)) {
    case 0:
      return { op: random.pick(ops), operands, attributes, out };
    case 1:
      return { op, operands, attributes, out: mutateType(random, out) };
    case 2:
      return {
        op,
        operands: replaced(operands, at, { ...target, type: mutateType(random, target.type) }),
        attributes,
        out,
      };
    case 3: {
      const index = random.pick([0, 1, 3, 8, 20, 60, 1000, 2 ** 32 - 8]);
      const source: Source = random.pick([
        { kind: "slot", index },
        { kind: "input", offset: index },
        { kind: "constant", index },
      ]);
      return { op, operands: replaced(operands, at, { ...target, source }), attributes, out };
    }
    case 4:
      return { op, operands: [...operands, ...operands].slice(0, random.int(0, 17)), attributes, out };
    case 5:
      return { op, operands, attributes: [...attributes, 1n, 1n].slice(0, random.int(0, 17)), out };
    default:
      if (attributes.length === 0) return { op, operands, attributes: [0n], out };
      return { op, operands, attributes: replaced(attributes, attribute, random.pick(EDGE_ATTRIBUTES)), out };
  }
}

/** Damages the bytes themselves. */
function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.int(0, bytes.length - 1);
  const copy = Uint8Array.from(bytes);
  switch (random.int(0, 4)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Uint8Array.from([...bytes, ...new Array(random.int(1, 9)).fill(random.int(0, 255))]);
    case 2:
      copy[at] = random.int(0, 255);
      return copy;
    case 3:
      copy[at]! ^= 1 << random.int(0, 7);
      return copy;
    default:
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...bytes.subarray(Math.min(bytes.length, at + random.int(1, 4))),
      ]);
  }
}

/** A descriptor that is well formed, or beyond one limit, or damaged once or twice. */
export function randomQuestion(random: Random): Question {
  const bare = random.chance(0.2) ? random.pick(atLimits) : caseSources[random.pick(ops)].random(random).step;
  let { step, header, index } = placed(random, bare);
  if (random.chance(0.05)) index = random.int(0, header.slots);
  if (random.chance(0.05)) header = { ...header, outputBytes: header.outputBytes + 1 };
  for (let count = random.pick([0, 1, 1, 2]); count > 0; count--) step = mutateStep(random, step);
  let descriptor = encodeDescriptor(step);
  if (random.chance(0.3)) descriptor = mutateBytes(random, descriptor);
  return { header, index, descriptor };
}
