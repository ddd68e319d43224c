// The grammar of provable programs, executable: a program is accepted, or refused with the step, the reason and the remedy.
import { BaseError } from "../errors.ts";
import type { ProgramHeader } from "../protocol/index.ts";
import { encodeDescriptor, parseDescriptor } from "./descriptor.ts";
import { descriptorRules, stepFault } from "./descriptorFault.ts";
import { allocate, dtypeBounds } from "./dtype.ts";
import { fusionRefusal, isFixed } from "./fusions.ts";
import type { Refusal } from "./ops/definition.ts";
import { operators } from "./ops/index.ts";
import { packedOffsets } from "./packing.ts";
import { collectStep, programHeader } from "./program.ts";
import { operandRanges } from "./programRanges.ts";
import { MAX_PROOF_BYTES, MAX_PROOF_GAS, type ProofBound, stepProofBound } from "./proofBound.ts";
import { hull, type Ranges } from "./ranges.ts";
import { elementCount, isRowMajor, sameType } from "./tensor.ts";
import type { Operand, Program, Step, TensorType } from "./types.ts";

const MAX_PACKED_BYTES = 2 ** 32 - 1;
/** What a program may be registered with. */
const MAX_PASSES = 65_536;

/** Thrown when a program is not accepted. `step` is missing where the program as a whole is at fault. */
export class ProgramError extends BaseError {
  override name = "ProgramError";
  readonly step: number | undefined;
  /** One clause without a full stop. */
  readonly reason: string;
  /** One sentence. */
  readonly remedy: string;

  constructor(reason: string, remedy: string, step?: { index: number; op: string }) {
    super(
      step ? `Step ${step.index} (${step.op}) is refused: ${reason}.` : `The program is refused: ${reason}.`,
      {
        facts: { ...(step && { step: step.index, op: step.op }), remedy },
      },
    );
    this.step = step?.index;
    this.reason = reason;
    this.remedy = remedy;
  }
}

export interface CheckedProgram {
  readonly program: Program;
  readonly header: ProgramHeader;
  /** Bounds of every slot, whatever the inputs. */
  readonly ranges: readonly Ranges[];
  /** What the worst proof about each step costs, collect last. */
  readonly proofs: readonly ProofBound[];
}

function demand(condition: boolean, reason: string, remedy: string): asserts condition {
  if (!condition) throw new ProgramError(reason, remedy);
}

function isTensorType({ dtype, shape, layout }: TensorType): boolean {
  const step: Step = { op: "Reshape", operands: [], attributes: [], out: { dtype, shape, layout } };
  const parsed = parseDescriptor(encodeDescriptor(step));
  return typeof parsed !== "number" && sameType(parsed.out, step.out);
}

function checkBorders({ inputs, outputs, steps, constants, maxPasses }: Program): void {
  demand(
    steps.length > 0 && inputs.length > 0,
    "it has no step or no input",
    "Compile a model that computes.",
  );
  inputs.forEach((type, index) => {
    demand(
      isTensorType(type) && isRowMajor(type),
      `input ${index} has no valid row-major type`,
      "Correct its shape.",
    );
    demand(
      type.dtype !== "bool",
      `input ${index} is a bool, which may come as a byte that is neither 0 nor 1`,
      "Take a u8 and compare it.",
    );
  });
  demand(
    packedOffsets(inputs).length <= MAX_PACKED_BYTES,
    "its input is larger than 4 GiB",
    "Split the input.",
  );
  constants.forEach(({ type, data }, index) => {
    demand(
      type.dtype !== "bool",
      `constant ${index} is a bool`,
      "Compare constants of another type instead.",
    );
    const fits = isTensorType(type) && data.constructor === allocate(type.dtype, 0).constructor;
    demand(
      fits && data.length === elementCount(type),
      `constant ${index} is not what its type says`,
      "Correct its type.",
    );
  });
  demand(outputs.length >= 1 && outputs.length <= 16, "it has not 1 to 16 outputs", "Split the model.");
  demand(
    outputs.every((slot) => Number.isInteger(slot) && slot >= 0 && slot < steps.length),
    "an output is not computed by a step",
    "Outputs that are inputs or constants need no program.",
  );
  const isHanded = (slot: number): boolean => ["Carry", "Stop"].includes(steps[slot]!.op);
  demand(
    !outputs.some(isHanded),
    "an output is what Carry or Stop holds",
    "Give the slot that Carry goes on with, or that Stop reads.",
  );
  // INVARIANT (S-02): what is accepted has a fast form, in which no node makes what Stop holds.
  const goesOn = steps.flatMap(({ op, operands }) => (op === "Carry" ? [operands[1]?.source] : []));
  demand(
    !goesOn.some((source) => source?.kind === "slot" && steps[source.index]?.op === "Stop"),
    "Carry goes on with what Stop holds",
    "A pass that another one follows has not stopped: carry a zero.",
  );
  demand(
    Number.isInteger(maxPasses) && maxPasses >= 1 && maxPasses <= MAX_PASSES,
    `it is run more than ${MAX_PASSES} times, or not even once`,
    "Split the generation.",
  );
  demand(new Set(outputs).size === outputs.length, "an output is given twice", "Name every output once.");
}

function declaredType(program: Program, inputs: ReadonlyMap<number, TensorType>, { source }: Operand) {
  if (source.kind === "slot") return program.steps[source.index]?.out;
  return source.kind === "input" ? inputs.get(source.offset) : program.constants[source.index]?.type;
}

function sameStep(a: Step, b: Step): boolean {
  const numberOf = ({ source }: Operand): number => (source.kind === "input" ? source.offset : source.index);
  const sameOperand = (x: Operand, y: Operand | undefined): boolean =>
    x.source.kind === y?.source.kind && numberOf(x) === numberOf(y) && sameType(x.type, y.type);
  return (
    a.op === b.op &&
    sameType(a.out, b.out) &&
    a.operands.length === b.operands.length &&
    a.operands.every((operand, index) => sameOperand(operand, b.operands[index])) &&
    a.attributes.length === b.attributes.length &&
    a.attributes.every((attribute, index) => attribute === b.attributes[index])
  );
}

/** What is wrong with one step's form, or undefined. */
function formRefusal(
  program: Program,
  header: ProgramHeader,
  inputs: ReadonlyMap<number, TensorType>,
  step: Step,
  index: number,
): Refusal | undefined {
  const parsed = parseDescriptor(encodeDescriptor(step));
  const fault = typeof parsed === "number" ? parsed : stepFault(header, index, parsed);
  if (fault !== 0) {
    const sentence = descriptorRules[fault]!.slice(0, -1);
    return {
      reason: `descriptor rule ${fault}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
      remedy: "Correct the step's operands, shapes or attributes.",
    };
  }
  if (typeof parsed === "number" || !sameStep(step, parsed)) {
    return {
      reason: "a number in it does not fit its descriptor",
      remedy: "Use whole numbers in their bounds.",
    };
  }
  const stray = step.operands.findIndex((operand) => {
    const declared = declaredType(program, inputs, operand);
    return !declared || !sameType(declared, operand.type);
  });
  if (stray < 0) return undefined;
  return {
    reason: `operand ${stray} is declared with another type, shape or layout`,
    remedy: "Give the operand the type that its producer declares.",
  };
}

function rangeRefusal({ op, out }: Step, ranges: Ranges): Refusal | undefined {
  const { min, max } = hull(ranges);
  const bounds = dtypeBounds(out.dtype);
  if (min >= bounds.min && max <= bounds.max) return undefined;
  return {
    reason: `its values reach from ${min} to ${max} and do not fit ${out.dtype}`,
    remedy: `Insert Clip before the operands of ${op}, or use smaller constants.`,
  };
}

function proofRefusal({ op }: Step, { calldata, gas }: ProofBound): Refusal | undefined {
  const isSum = op === "MatMulInteger" || op === "ConvInteger";
  const remedy = `Use a layout in which the reduced axis is contiguous, or split the reduction${isSum ? " and Add the parts" : ""}.`;
  if (calldata > MAX_PROOF_BYTES)
    return { reason: `a step proof of it can take ${calldata} bytes, more than ${MAX_PROOF_BYTES}`, remedy };
  if (gas > MAX_PROOF_GAS)
    return { reason: `a step proof of it can cost ${gas} gas, more than ${MAX_PROOF_GAS}`, remedy };
  return undefined;
}

/**
 * Accepts a program or throws a `ProgramError`. Ranges are computed anew from inputs that may hold anything and from the
 * constants' real values; nothing that the program states about itself is believed.
 */
export function checkProgram(program: Program): CheckedProgram {
  checkBorders(program);
  const header = programHeader(program);
  demand(header.outputBytes <= MAX_PACKED_BYTES, "its output is larger than 4 GiB", "Split the output.");
  const { offsets } = packedOffsets(program.inputs);
  const inputs = new Map(program.inputs.map((type, index) => [offsets[index]!.start, type]));
  const ranges: Ranges[] = [];
  const proofs: ProofBound[] = [];
  const fixed: boolean[] = [];
  const refuse = (index: number, step: Step, refusal: Refusal | undefined): void => {
    if (refusal) throw new ProgramError(refusal.reason, refusal.remedy, { index, op: step.op });
  };
  program.steps.forEach((step, index) => {
    refuse(index, step, formRefusal(program, header, inputs, step, index));
    const operands = step.operands.map((operand) => operandRanges(program, ranges, operand));
    const operator = operators[step.op];
    refuse(index, step, operator.refuse?.(step, operands));
    refuse(index, step, fusionRefusal(step, operands, fixed));
    fixed.push(isFixed(step, fixed));
    const result = operator.ranges(step, operands);
    refuse(index, step, rangeRefusal(step, result));
    ranges.push(result);
    const bound = stepProofBound(step, program);
    refuse(index, step, proofRefusal(step, bound));
    proofs.push(bound);
  });
  const collect = collectStep(program);
  refuse(program.steps.length, collect, formRefusal(program, header, inputs, collect, program.steps.length));
  const bound = stepProofBound(collect, program);
  refuse(program.steps.length, collect, proofRefusal(collect, bound));
  return { program, header, ranges, proofs: [...proofs, bound] };
}
