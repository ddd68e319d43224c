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

const slotOf = ({ source }: Operand): number => (source as { index: number }).index;

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

  /** A value that goes from pass to pass; `initial` is an input or a constant of the same type. See `goOn`. */
  carry(initial: Operand): Operand {
    return this.step("Carry", [initial, initial], [], initial.type);
  }

  /** Says what a carry holds in the next pass. */
  goOn(carry: Operand, next: Operand): void {
    const index = slotOf(carry);
    const step = this.#steps[index]!;
    this.#steps[index] = { ...step, operands: [step.operands[0]!, next] };
  }

  /** `maxPasses` above 1 makes an iterated program, which ends after the pass in which the one element of `stop` is not 0. */
  finish(outputs: readonly Operand[], iteration?: { maxPasses: number; stop: Operand }): Program {
    if (iteration) this.step("Stop", [iteration.stop], [], tensorType("u8", [1]));
    return {
      operatorSet: 1,
      maxPasses: iteration?.maxPasses ?? 1,
      inputs: this.#inputs,
      steps: this.#steps,
      outputs: outputs.map(slotOf),
      constants: this.#constants,
    };
  }
}
