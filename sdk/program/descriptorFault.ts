// The numbered rules of descriptors, in the order in which they are checked; the contracts return the same numbers.
import { type ProgramHeader, tileCount, treeDepth } from "../protocol/index.ts";
import { DescriptorError, parseDescriptor } from "./descriptor.ts";
import { operators } from "./ops/index.ts";
import { byteLength, isRowMajor, sameType } from "./tensor.ts";
import type { Operand, OpName, Step } from "./types.ts";

/** Every rule in words. A descriptor that breaks several has the number of the one checked first. */
export const descriptorRules: Readonly<Record<number, string>> = {
  // While reading the bytes from left to right
  1: "The bytes end before the descriptor does.",
  2: "The opcode is unknown.",
  3: "An element type is unknown.",
  4: "A rank is above 8.",
  5: "A dimension is outside 1 to 2^31 - 1.",
  6: "A layout is not a permutation of the axes.",
  7: "A tensor is larger than 2^34 bytes.",
  8: "There are more than 8 operands, or more than 16 of Collect.",
  9: "The source of an operand is unknown, or a bool does not come from a slot.",
  10: "There are more than 16 attributes.",
  11: "Bytes are left over after the descriptor.",
  // Against the program's header; 15 to 19 for one operand after the other
  12: "Collect or Stop stands elsewhere than in its place, or another operator stands there.",
  13: "The operator takes another number of operands.",
  14: "The operator takes another number of attributes.",
  15: "An operand is a slot that does not come earlier.",
  16: "An operand is a constant that the program does not have.",
  17: "An input operand does not start at a multiple of 8.",
  18: "An input operand is not row-major.",
  19: "An input operand reaches past the input.",
  // The operator's own rule
  20: "Collect reads something else than slots, or Carry does not begin with an input or constant and go on with a slot, or Stop reads something else than a slot.",
  21: "The operator does not take operands of these element types.",
  22: "The output's element type is not the one that the operands give.",
  23: "The operator does not take these ranks.",
  24: "An attribute is outside its bounds.",
  25: "The operands' shapes do not fit together.",
  26: "The output's shape is not the one that operands and attributes give.",
  27: "One element reads more than a step proof may open.",
  // Last
  28: "The output's tree is deeper than the header says.",
  // Two descriptors
  29: "An operand's geometry differs from what its producer declares.",
};

const RULE = {
  place: 12,
  operandCount: 13,
  attributeCount: 14,
  laterSlot: 15,
  missingConstant: 16,
  inputOffset: 17,
  inputLayout: 18,
  inputEnd: 19,
  outputShape: 26,
  tensorDepth: 28,
  geometry: 29,
} as const;

const INPUT_ALIGNMENT = 8;

/** The operator that must stand at this place of a program, and nowhere else. */
function placedThere(header: ProgramHeader, index: number): OpName | undefined {
  if (index === header.slots) return "Collect";
  return header.maxPasses > 1 && index === header.slots - 1 ? "Stop" : undefined;
}

/** `slots` is how many slots the operand may choose from. */
function operandRule(header: ProgramHeader, slots: number, { source, type }: Operand): number {
  if (source.kind === "slot") return source.index < slots ? 0 : RULE.laterSlot;
  if (source.kind === "constant") return source.index < header.constants ? 0 : RULE.missingConstant;
  if (source.offset % INPUT_ALIGNMENT !== 0) return RULE.inputOffset;
  if (!isRowMajor(type)) return RULE.inputLayout;
  return source.offset + byteLength(type) <= header.inputBytes ? 0 : RULE.inputEnd;
}

/** The first rule beyond form that a step breaks as number `index` of a program; zero when none. */
export function stepFault(header: ProgramHeader, index: number, step: Step): number {
  const { op, operands, attributes, out } = step;
  const operator = operators[op];
  const placed = placedThere(header, index);
  if (placed ? op !== placed : op === "Collect" || op === "Stop") return RULE.place;
  const [fewest, most] = operator.operands;
  if (operands.length < fewest || operands.length > most) return RULE.operandCount;
  if (attributes.length !== operator.attributes) return RULE.attributeCount;
  for (const [number, operand] of operands.entries()) {
    const readsPassBefore = op === "Carry" && number === 1;
    const fault = operandRule(header, readsPassBefore ? header.slots : index, operand);
    if (fault !== 0) return fault;
  }
  const fault = operator.shapeFault(step);
  if (fault !== 0) return fault;
  if (op === "Collect" && byteLength(out) !== header.outputBytes) return RULE.outputShape;
  return treeDepth(tileCount(byteLength(out))) > header.tensorDepth ? RULE.tensorDepth : 0;
}

/** The first rule that bytes break as descriptor `index` of a program; zero when they are well formed. */
export function descriptorFault(header: ProgramHeader, index: number, bytes: Uint8Array): number {
  const step = parseDescriptor(bytes);
  return typeof step === "number" ? step : stepFault(header, index, step);
}

/**
 * Whether a consumer sees an operand as its producer declares it: zero when they agree, or when the operand is not there or
 * no slot, otherwise the number of the rule broken, by either descriptor itself first.
 */
export function operandFault(
  header: ProgramHeader,
  consumerIndex: number,
  consumer: Uint8Array,
  operand: number,
  producer: Uint8Array,
): number {
  const step = parseDescriptor(consumer);
  if (typeof step === "number") return step;
  const fault = stepFault(header, consumerIndex, step);
  const read = step.operands[operand];
  if (fault !== 0 || read?.source.kind !== "slot") return fault;
  const made = parseDescriptor(producer);
  if (typeof made === "number") return made;
  return stepFault(header, read.source.index, made) || (sameType(read.type, made.out) ? 0 : RULE.geometry);
}

/** Reads canonical bytes. */
export function decodeDescriptor(bytes: Uint8Array): Step {
  const step = parseDescriptor(bytes);
  if (typeof step === "number") throw new DescriptorError(step, descriptorRules[step]!);
  return step;
}
