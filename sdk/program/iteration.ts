// From pass to pass of an iterated program: what is carried, and when it stops.
import type { Program, Step, Tensor } from "./types.ts";

/** What the next pass begins with: tensors of the pass before, by the slot that made them. */
export type Carried = ReadonlyMap<number, Tensor>;

/** Where a pass begins. */
export interface PassStart {
  /** Of the pass, from 0. */
  readonly pass: number;
  /** Empty before pass 0. */
  readonly carried: Carried;
}

export const FIRST_PASS: PassStart = { pass: 0, carried: new Map() };

/** The slots whose tensors go on into the next pass, ascending. */
export function carriedSlots({ steps }: Program): number[] {
  const slots = new Set<number>();
  for (const { op, operands } of steps) {
    const next = operands[1]?.source;
    if (op === "Carry" && next?.kind === "slot") slots.add(next.index);
  }
  return [...slots].sort((a, b) => a - b);
}

/** What the pass after one with these slots begins with. */
export const carriedOf = (program: Program, slots: readonly Tensor[]): Carried =>
  new Map(carriedSlots(program).map((slot) => [slot, slots[slot]!]));

/** Whether a pass with these slots is the last one. Always so where the program is not iterated. */
export const isLastPass = ({ maxPasses }: Program, slots: readonly Tensor[]): boolean =>
  maxPasses === 1 || Number(slots.at(-1)?.data[0]) !== 0;

/** The pass of which a step in pass `pass` reads operand `operand`, where that is a slot. */
export const operandPass = ({ op }: Step, operand: number, pass: number): number =>
  op === "Carry" && operand === 1 ? pass - 1 : pass;

/**
 * What Stop has to show in pass `pass` of an execution that claims to have taken `passes`: 1 in the last one, else 0. Whoever
 * claims another number of passes than were due is wrong here, or in what Stop computes.
 */
export const claimedStop = (pass: number, passes: number): bigint => (pass + 1 === passes ? 1n : 0n);
