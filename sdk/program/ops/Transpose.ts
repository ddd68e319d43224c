// Transpose: the same elements with the axes in another order.
import { allocate } from "../dtype.ts";
import { WHOLE } from "../ranges.ts";
import { elementCount, isPermutation, sameShape, stridesOf } from "../tensor.ts";
import type { Step } from "../types.ts";
import { coordinatesOf, indexAt } from "./axis.ts";
import { single } from "./broadcast.ts";
import { MAX_RANK, type OpDefinition, RULE, singleBoxes } from "./definition.ts";
import { copyElements } from "./walk.ts";

const OPCODE = 29;

/** Which axis of the operand each axis of the output is. */
const permutationOf = ({ attributes, out }: Step): number[] =>
  attributes.slice(0, out.shape.length).map(Number);

function stridesInto(step: Step): number[] {
  const strides = stridesOf(step.operands[0]!.type.shape);
  return permutationOf(step).map((axis) => strides[axis]!);
}

const sourceOf = (step: Step, index: number): number =>
  indexAt(coordinatesOf(step.out.shape, index), stridesInto(step));

export const Transpose: OpDefinition = {
  name: "Transpose",
  opcode: OPCODE,
  page: {
    types: "any",
    element: "the same elements, axes in another order",
    attributes: "8 axes of the operand (i itself for axes that are not there)",
    limits: "",
  },
  operands: [1, 1],
  attributes: MAX_RANK,
  shapeFault(step) {
    const { dtype, shape } = step.operands[0]!.type;
    if (step.out.dtype !== dtype) return RULE.outputType;
    if (step.out.shape.length !== shape.length) return RULE.rank;
    const rest = step.attributes.slice(shape.length);
    const permutation = permutationOf(step);
    if (!isPermutation(permutation) || rest.some((axis, place) => axis !== BigInt(shape.length + place))) {
      return RULE.attribute;
    }
    const permuted = permutation.map((axis) => shape[axis]!);
    return sameShape(step.out.shape, permuted) ? 0 : RULE.outputShape;
  },
  element: (read, step, index) => read(0, sourceOf(step, index)),
  reads: (step, index) => [single(sourceOf(step, index))],
  boxes: singleBoxes,
  ranges(step, [operand]) {
    const { ranges } = operand!;
    const axis = ranges.axis === WHOLE ? WHOLE : permutationOf(step).indexOf(ranges.axis);
    return { ...ranges, axis };
  },
  evaluate(step, [operand]) {
    const { shape } = step.out;
    const out = allocate(step.out.dtype, elementCount(step.out));
    copyElements(
      shape,
      { data: operand!.data, start: 0, strides: stridesInto(step) },
      { data: out, start: 0, strides: stridesOf(shape) },
    );
    return out;
  },
};
