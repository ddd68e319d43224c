// The reference executor: runs a program step by step in plain integers.
import { BaseError } from "../errors.ts";
import { operators } from "./ops/index.ts";
import { packedOffsets, unpackInputs } from "./packing.ts";
import { collectStep } from "./program.ts";
import type { Operand, Program, Step, Tensor } from "./types.ts";

function resolve(program: Program, inputs: ReadonlyMap<number, Tensor>, slots: readonly Tensor[]) {
  return ({ source }: Operand): Tensor => {
    const tensor =
      source.kind === "slot"
        ? slots[source.index]
        : source.kind === "constant"
          ? program.constants[source.index]
          : inputs.get(source.offset);
    if (tensor) return tensor;
    throw new BaseError("A step reads a tensor that is not there.", { facts: { ...source } });
  };
}

function inputsByOffset(program: Program, input: Uint8Array): Map<number, Tensor> {
  const { offsets } = packedOffsets(program.inputs);
  const tensors = unpackInputs(program, input);
  return new Map(offsets.map(({ start }, index) => [start, tensors[index]!]));
}

function evaluate(step: Step, operands: readonly Tensor[]): Tensor {
  return { type: step.out, data: operators[step.op].evaluate(step, operands) };
}

/** Keeps the slots before `first` and computes the others from them. */
export function executeFrom(
  program: Program,
  input: Uint8Array,
  slots: readonly Tensor[],
  first: number,
): Tensor[] {
  const result = slots.slice(0, first);
  const tensorOf = resolve(program, inputsByOffset(program, input), result);
  for (const step of program.steps.slice(first)) result.push(evaluate(step, step.operands.map(tensorOf)));
  return result;
}

/** All slots of the program on the packed input bytes. */
export const execute = (program: Program, input: Uint8Array): Tensor[] => executeFrom(program, input, [], 0);

/** The output bytes that the slots give. */
export function collectOutput(program: Program, slots: readonly Tensor[]): Uint8Array {
  const operands = program.outputs.map((slot) => slots[slot]!);
  return evaluate(collectStep(program), operands).data as Uint8Array;
}
