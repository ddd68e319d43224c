// Slice: along each axis every step-th element from a start on.
import { allocate } from "../dtype.ts";
import { intervalAt, type Ranges, rangesOf } from "../ranges.ts";
import { elementCount, stridesOf } from "../tensor.ts";
import type { Step } from "../types.ts";
import { coordinatesOf, indexAt } from "./axis.ts";
import { single } from "./broadcast.ts";
import { MAX_RANK, MAX_SIZE, type OpDefinition, RULE, singleBoxes, within } from "./definition.ts";
import { copyElements } from "./walk.ts";

const OPCODE = 27;

/** Starts and steps along the axes that there are. */
function partsOf({ attributes, out }: Step) {
  const rank = out.shape.length;
  return {
    starts: attributes.slice(0, rank).map(Number),
    steps: attributes.slice(MAX_RANK, MAX_RANK + rank).map(Number),
  };
}

function attributesFit({ operands, attributes, out }: Step): boolean {
  const { shape } = operands[0]!.type;
  return Array.from({ length: MAX_RANK }, (_, axis) => {
    const start = attributes[axis]!;
    const step = attributes[MAX_RANK + axis]!;
    const size = shape[axis];
    if (size === undefined) return start === 0n && step === 1n;
    const last = start + BigInt(out.shape[axis]! - 1) * step;
    return step !== 0n && within([start, last], 0, size - 1);
  }).every(Boolean);
}

/** Where the output lies in the operand. */
function viewOf(step: Step) {
  const { starts, steps } = partsOf(step);
  const strides = stridesOf(step.operands[0]!.type.shape);
  return { start: indexAt(starts, strides), strides: strides.map((stride, axis) => stride * steps[axis]!) };
}

function sourceOf(step: Step, index: number): number {
  const { start, strides } = viewOf(step);
  return indexAt(coordinatesOf(step.out.shape, index), strides, start);
}

export const Slice: OpDefinition = {
  name: "Slice",
  opcode: OPCODE,
  page: {
    types: "any",
    element: "a(start + p · step) along each axis",
    attributes: "8 starts, 8 steps (0 and 1 for axes that are not there)",
    limits: "step ≠ 0; the first and the last place in the axis; no scalars",
  },
  operands: [1, 1],
  attributes: 2 * MAX_RANK,
  shapeFault(step) {
    const { dtype, shape } = step.operands[0]!.type;
    if (step.out.dtype !== dtype) return RULE.outputType;
    if (step.out.shape.length !== shape.length) return RULE.rank;
    return attributesFit(step) ? 0 : RULE.attribute;
  },
  element: (read, step, index) => read(0, sourceOf(step, index)),
  reads: (step, index) => [single(sourceOf(step, index))],
  boxes: singleBoxes,
  ranges(step, [operand]): Ranges {
    const { ranges } = operand!;
    const size = step.out.shape[ranges.axis];
    if (size === undefined) return ranges;
    const { starts, steps } = partsOf(step);
    const at = (index: number): number => starts[ranges.axis]! + index * steps[ranges.axis]!;
    return rangesOf(
      ranges.axis,
      Array.from({ length: size }, (_, index) => intervalAt(ranges, at(index))),
    );
  },
  refuse({ attributes, out }) {
    if (out.shape.length === 0) return { reason: "no runtime slices a scalar", remedy: "Leave it out." };
    if (within(attributes.slice(MAX_RANK), -MAX_SIZE, MAX_SIZE)) return undefined;
    return {
      reason: "a step is longer than any axis, beyond what every runtime can add to a start",
      remedy: "Use a step of 1 where there is one element.",
    };
  },
  evaluate(step, [operand]) {
    const { shape } = step.out;
    const out = allocate(step.out.dtype, elementCount(step.out));
    copyElements(
      shape,
      { data: operand!.data, ...viewOf(step) },
      { data: out, start: 0, strides: stridesOf(shape) },
    );
    return out;
  },
};
