// Small programs for tests: a builder, a perceptron and a convolutional network with random constants.
import {
  type DType,
  elementCount,
  type Operand,
  type OpName,
  type Program,
  packedOffsets,
  type Step,
  type Tensor,
  type TensorData,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { Random } from "./random.ts";

/** Collects steps and constants; every method returns the operand that later steps read. */
export class ProgramBuilder {
  readonly #inputs: readonly TensorType[];
  readonly #steps: Step[] = [];
  readonly #constants: Tensor[] = [];

  constructor(inputs: readonly TensorType[]) {
    this.#inputs = inputs;
  }

  input(index: number): Operand {
    const { start } = packedOffsets(this.#inputs).offsets[index]!;
    return { source: { kind: "input", offset: start }, type: this.#inputs[index]! };
  }

  constant(type: TensorType, data: TensorData): Operand {
    this.#constants.push({ type, data });
    return { source: { kind: "constant", index: this.#constants.length - 1 }, type };
  }

  step(op: OpName, operands: Operand[], attributes: readonly (number | bigint)[], out: TensorType): Operand {
    this.#steps.push({ op, operands, attributes: attributes.map(BigInt), out });
    return { source: { kind: "slot", index: this.#steps.length - 1 }, type: out };
  }

  /** A tensor that goes from pass to pass; `setNext` says what it goes on with. */
  carry(initial: Operand, type: TensorType = initial.type): Operand {
    return this.step("Carry", [initial, { source: { kind: "slot", index: 0 }, type }], [], type);
  }

  setNext(carry: Operand, next: Operand): void {
    const index = carry.source.kind === "slot" ? carry.source.index : -1;
    const step = this.#steps[index]!;
    this.#steps[index] = { ...step, operands: [step.operands[0]!, next] };
  }

  /** The last step of an iterated program. */
  stop(when: Operand): Operand {
    return this.step("Stop", [when], [], tensorType("u8", [1]));
  }

  build(outputs: readonly Operand[], maxPasses = 1): Program {
    return {
      operatorSet: 1,
      maxPasses,
      inputs: this.#inputs,
      steps: this.#steps,
      outputs: outputs.map(({ source }) => (source.kind === "slot" ? source.index : -1)),
      constants: this.#constants,
    };
  }
}

export interface PerceptronSizes {
  rows: number;
  inner: number;
  columns: number;
}

/** MatMulInteger, Add, Div, Clip: four steps, one output. */
export function perceptron(
  seed: number,
  { rows, inner, columns }: PerceptronSizes = { rows: 2, inner: 64, columns: 10 },
): Program {
  const random = new Random(seed);
  const builder = new ProgramBuilder([tensorType("u8", [rows, inner])]);
  const constant = (dtype: DType, shape: number[], min: number, max: number, layout?: number[]): Operand => {
    const type = tensorType(dtype, shape, layout);
    return builder.constant(
      type,
      random.data(dtype, elementCount(type), { min: BigInt(min), max: BigInt(max) }),
    );
  };
  const wide = tensorType("i32", [rows, columns]);
  const weights = constant("i8", [inner, columns], -64, 64, [1, 0]);
  const sums = builder.step("MatMulInteger", [builder.input(0), weights], [random.integer(0, 255), 0], wide);
  const biased = builder.step("Add", [sums, constant("i32", [columns], -100_000, 100_000)], [], wide);
  const scaled = builder.step("Div", [biased, constant("i32", [columns], 1, 128)], [], wide);
  return builder.build([builder.step("Clip", [scaled], [-32768, 32767], wide)]);
}

export interface NetworkSizes {
  channels: number;
  size: number;
  filters: number;
  classes: number;
}

/**
 * ConvInteger, Add, Div, Clip, Cast, MaxPool, Reshape, MatMulInteger, Add, ArgMax on one image, with all layouts so that one
 * element reads few tiles. The outputs are the logits and the class; with an odd number of classes there is a gap between.
 */
export function network(
  seed: number,
  { channels, size, filters, classes }: NetworkSizes = { channels: 3, size: 16, filters: 8, classes: 11 },
): Program {
  const random = new Random(seed);
  const builder = new ProgramBuilder([tensorType("u8", [1, channels, size, size])]);
  const last = [0, 2, 3, 1];
  const constant = (dtype: DType, shape: number[], min: number, max: number, layout?: number[]): Operand => {
    const type = tensorType(dtype, shape, layout);
    return builder.constant(
      type,
      random.data(dtype, elementCount(type), { min: BigInt(min), max: BigInt(max) }),
    );
  };
  const perChannel = [1, filters, 1, 1];
  const wide = tensorType("i32", [1, filters, size, size], last);
  const kernel = constant("u8", [filters, channels, 3, 3], 0, 255, last);
  const convolved = builder.step(
    "ConvInteger",
    [builder.input(0), kernel],
    [1, 1, 1, 1, 1, 1, 1, 1, 1, random.integer(0, 255), 128],
    wide,
  );
  const biased = builder.step("Add", [convolved, constant("i32", perChannel, -50_000, 50_000)], [], wide);
  const scaled = builder.step("Div", [biased, constant("i32", perChannel, 256, 4096)], [], wide);
  const clipped = builder.step("Clip", [scaled], [0, 255], wide);
  const bytes = builder.step("Cast", [clipped], [], tensorType("u8", [1, filters, size, size], last));
  const half = size / 2;
  const pooled = builder.step(
    "MaxPool",
    [bytes],
    [2, 2, 0, 0, 0, 0, 2, 2, 1, 1],
    tensorType("u8", [1, filters, half, half]),
  );
  const features = filters * half * half;
  const flat = builder.step("Reshape", [pooled], [], tensorType("u8", [1, features]));
  const weights = constant("i8", [features, classes], -64, 64, [1, 0]);
  const row = tensorType("i32", [1, classes]);
  const sums = builder.step("MatMulInteger", [flat, weights], [0, 0], row);
  const logits = builder.step("Add", [sums, constant("i32", [classes], -10_000, 10_000)], [], row);
  const best = builder.step("ArgMax", [logits], [1, 0], tensorType("i64", [1]));
  return builder.build([logits, best]);
}

/** Random bytes for all inputs of a program. */
export const randomInput = (program: Program, random: Random): Uint8Array =>
  random.bytes(packedOffsets(program.inputs).length);
