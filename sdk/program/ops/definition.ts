// What every operator states about itself. Its `element` function is the one idea that executor and judge share.
import type { Ranges } from "../ranges.ts";
import type { OpName, Step, Tensor, TensorData } from "../types.ts";

/** Reads element `index`, row-major, of an operand. */
export type Read = (operand: number, index: number) => bigint;

/** When a step is computed: in which pass, from 0 on, of at most how many. */
export interface Pass {
  readonly number: number;
  readonly most: number;
}

/** Of a program that is not iterated. */
export const ONLY_PASS: Pass = { number: 0, most: 1 };

/** Elements `start`, `start + stride`, … of an operand, row-major. */
export interface Run {
  readonly start: number;
  readonly count: number;
  readonly stride: number;
}

/** At most `count` places of an axis, `step` apart. */
export interface Extent {
  readonly count: number;
  readonly step: number;
}

/** What the element that reads most reads of an operand: an extent along each of its axes. */
export interface Box {
  readonly extents: readonly Extent[];
  /** The axis that the judge goes along without a break. */
  readonly along: number;
}

/** What is known about the values of an operand. */
export interface OperandRanges {
  readonly ranges: Ranges;
  /** The values themselves where the operand is a constant. */
  readonly constant: Tensor | undefined;
  readonly shape: readonly number[];
}

/** Why a step is not accepted, and what to do. */
export interface Refusal {
  readonly reason: string;
  readonly remedy: string;
}

/** What docs/operators.md says of an operator; empty where there is nothing to say. */
export interface OpPage {
  readonly types: string;
  /** One element of the output. */
  readonly element: string;
  /** In their order in the descriptor. */
  readonly attributes: string;
  /** What checkProgram demands beyond shapes and ranges that fit. */
  readonly limits: string;
}

/** One operator. Values are unbounded integers; whoever stores one wraps it to the output type. */
export interface OpDefinition {
  readonly name: OpName;
  readonly opcode: number;
  readonly page: OpPage;
  /** Least and greatest number of operands. */
  readonly operands: readonly [least: number, most: number];
  readonly attributes: number;
  /** The number of the first rule of `descriptorRules` that types and attributes break; zero when none. */
  shapeFault(step: Step): number;
  /** The value of output element `index`. Total: defined for all operand values. */
  element(read: Read, step: Step, index: number, pass: Pass): bigint;
  /** Which elements of each operand `element` reads, at least; `read` tells the values that this depends on. */
  reads(step: Step, index: number, read: Read, pass: Pass): readonly (readonly Run[])[];
  /** For each operand a box that holds, moved to its place, all that any element reads. */
  boxes(step: Step): readonly Box[];
  /** Present where one element reads one operand only; the others stay closed. */
  readonly readsOne?: true;
  /** Bounds of the output before it is wrapped. */
  ranges(step: Step, operands: readonly OperandRanges[]): Ranges;
  /** What must hold beyond "the output fits its type". */
  refuse?(step: Step, operands: readonly OperandRanges[]): Refusal | undefined;
  /** All elements at once; equal to `element`, wrapped. */
  evaluate(step: Step, operands: readonly Tensor[], pass: Pass): TensorData;
}

/** Attributes as numbers; their bounds are rule 24. */
export const numbers = (step: Step): number[] => step.attributes.map(Number);

export const ONE: Extent = { count: 1, step: 1 };

/** A box of one place, but for the given axes. */
export function boxOf(
  shape: readonly number[],
  reached: Readonly<Record<number, Extent>> = {},
  along = shape.length - 1,
): Box {
  return { extents: shape.map((_, axis) => reached[axis] ?? ONE), along };
}

/** One element of each operand. */
export const singleBoxes = ({ operands }: Step): Box[] => operands.map(({ type }) => boxOf(type.shape));

/** True where every value lies in `min`..`max`. */
export const within = (values: readonly bigint[], min: number, max: number): boolean =>
  values.every((value) => value >= min && value <= max);

export const RULE = {
  sources: 20,
  operandType: 21,
  outputType: 22,
  rank: 23,
  attribute: 24,
  operandShapes: 25,
  outputShape: 26,
  reads: 27,
} as const;

export const MAX_RANK = 8;

/** Dimensions and offsets are below this. */
export const MAX_SIZE = 2 ** 31 - 1;

/** Most elements of one operand that one output element of a window or row may read. */
export const MAX_WINDOW = 8192;
export const MAX_ROW = 32768;
