// Collects steps and constants of a program, and hands out operands for them.
import {
  type Operand,
  type OpName,
  type Program,
  packedOffsets,
  type Tensor,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";

export class ProgramBuilder {
  readonly #inputs: readonly TensorType[];
  readonly #steps: Program["steps"][number][] = [];
  readonly #constants: Tensor[] = [];

  constructor(inputs: readonly TensorType[]) {
    this.#inputs = inputs;
  }

  input(index: number): Operand {
    const { offsets } = packedOffsets(this.#inputs);
    return { source: { kind: "input", offset: offsets[index]!.start }, type: this.#inputs[index]! };
  }

  constant(type: TensorType, data: Tensor["data"]): Operand {
    const index = this.#constants.push({ type, data }) - 1;
    return { source: { kind: "constant", index }, type };
  }

  /** A constant that is broadcast over activations: one 32-bit value per channel. */
  perChannel(values: readonly number[], shape: readonly number[]): Operand {
    return this.constant(tensorType("i32", shape), Int32Array.from(values));
  }

  step(op: OpName, operands: readonly Operand[], attributes: readonly number[], out: TensorType): Operand {
    const index = this.#steps.push({ op, operands, attributes: attributes.map(BigInt), out }) - 1;
    return { source: { kind: "slot", index }, type: out };
  }

  finish(outputs: readonly Operand[]): Program {
    return {
      operatorSet: 1,
      maxPasses: 1,
      inputs: this.#inputs,
      steps: this.#steps,
      outputs: outputs.map(({ source }) => (source as { index: number }).index),
      constants: this.#constants,
    };
  }
}
