// Bounds of every value that a program can compute, whatever its inputs: recomputed from the program, never read.
import { dtypeBounds } from "./dtype.ts";
import type { OperandRanges } from "./ops/definition.ts";
import { operators } from "./ops/index.ts";
import { constantRanges, type Ranges, WHOLE, whole } from "./ranges.ts";
import type { Operand, Program } from "./types.ts";

/** What is known about an operand, given the ranges of the slots before. */
export function operandRanges(program: Program, slots: readonly Ranges[], operand: Operand): OperandRanges {
  const { source, type } = operand;
  const { shape } = type;
  if (source.kind === "constant") {
    const constant = program.constants[source.index]!;
    let known: Ranges | undefined;
    return {
      get ranges() {
        known ??= constantRanges(constant, WHOLE);
        return known;
      },
      constant,
      shape,
    };
  }
  const bounds = dtypeBounds(type.dtype);
  const ranges = source.kind === "slot" ? slots[source.index]! : whole(bounds.min, bounds.max);
  return { ranges, constant: undefined, shape };
}

/** Bounds of every slot before wrapping, in order. Inputs are taken to hold anything that their type can. */
export function programRanges(program: Program): Ranges[] {
  const slots: Ranges[] = [];
  for (const step of program.steps) {
    const operands = step.operands.map((operand) => operandRanges(program, slots, operand));
    slots.push(operators[step.op].ranges(step, operands));
  }
  return slots;
}
