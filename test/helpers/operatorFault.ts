// Asks for the first rule that a step breaks, in programs that run once or many times.
import {
  type DType,
  descriptorFault,
  encodeDescriptor,
  type Operand,
  type OpName,
  type Source,
  type Step,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import type { ProgramHeader } from "@assay/sdk/protocol";

export const once: ProgramHeader = {
  operatorSet: 1,
  slots: 20,
  constants: 3,
  maxPasses: 1,
  inputBytes: 100,
  outputBytes: 24,
  tensorDepth: 2,
};
export const iterated: ProgramHeader = { ...once, maxPasses: 50 };

export const t = (dtype: DType, ...shape: number[]): TensorType => tensorType(dtype, shape);
const from = (source: Source, type: TensorType): Operand => ({ source, type });
export const slot = (index: number, type: TensorType): Operand => from({ kind: "slot", index }, type);
export const constant = (type: TensorType): Operand => from({ kind: "constant", index: 0 }, type);
export const input = (type: TensorType): Operand => from({ kind: "input", offset: 0 }, type);

export function fault(
  op: OpName,
  operands: readonly (TensorType | Operand)[],
  attributes: readonly (number | bigint)[],
  out: TensorType,
  { header = once, index = 10 }: { header?: ProgramHeader; index?: number } = {},
): number {
  const step: Step = {
    op,
    operands: operands.map((operand) => ("source" in operand ? operand : slot(0, operand))),
    attributes: attributes.map(BigInt),
    out,
  };
  return descriptorFault(header, index, encodeDescriptor(step));
}

/** A step of the operator with the rule that it breaks; 0 where it is well formed. */
export type Question = readonly [what: string, rule: number, fault: () => number];
