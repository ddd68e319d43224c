// Programs for self-tests, written as lists of steps.
import {
  type Operand,
  type OpName,
  type Program,
  packedOffsets,
  type Step,
  type Tensor,
  type TensorType,
} from "@assay/sdk/program";

export type StepText = [op: OpName, operands: Operand[], attributes: readonly number[], out: TensorType];

/** A program whose only output is its last step. */
export function chain(inputs: TensorType[], constants: Tensor[], texts: readonly StepText[]): Program {
  const steps = texts.map(
    ([op, operands, attributes, out]): Step => ({ op, operands, attributes: attributes.map(BigInt), out }),
  );
  return { operatorSet: 1, maxPasses: 1, inputs, steps, outputs: [steps.length - 1], constants };
}

export const fromSlot = (index: number, type: TensorType): Operand => ({
  source: { kind: "slot", index },
  type,
});

export const fromConstant = (index: number, type: TensorType): Operand => ({
  source: { kind: "constant", index },
  type,
});

export const fromInput = (index: number, inputs: readonly TensorType[]): Operand => ({
  source: { kind: "input", offset: packedOffsets(inputs).offsets[index]!.start },
  type: inputs[index]!,
});
