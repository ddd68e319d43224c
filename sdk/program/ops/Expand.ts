// Expand: a tensor repeated along axes of size 1 and new ones.
import { allocate } from "../dtype.ts";
import { hull, rangesOf, WHOLE } from "../ranges.ts";
import { elementCount, sameShape, stridesOf } from "../tensor.ts";
import { broadcastIndex, broadcastShape, broadcastStrides, single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";
import { copyElements } from "./walk.ts";

const OPCODE = 30;

export const Expand: OpDefinition = {
  name: "Expand",
  opcode: OPCODE,
  page: {
    types: "any",
    element: "a broadcast to the output's shape",
    attributes: "",
    limits: "",
  },
  operands: [1, 1],
  attributes: 0,
  shapeFault({ operands, out }) {
    const { dtype, shape } = operands[0]!.type;
    if (out.dtype !== dtype) return RULE.outputType;
    if (out.shape.length < shape.length) return RULE.rank;
    const broadcast = broadcastShape(shape, out.shape);
    return broadcast && sameShape(broadcast, out.shape) ? 0 : RULE.outputShape;
  },
  element: (read, { operands, out }, index) =>
    read(0, broadcastIndex(out.shape, operands[0]!.type.shape, index)),
  reads: ({ operands, out }, index) => [single(broadcastIndex(out.shape, operands[0]!.type.shape, index))],
  boxes: singleBoxes,
  ranges({ out }, [operand]) {
    const { ranges, shape } = operand!;
    const isKept = ranges.axis !== WHOLE && shape[ranges.axis]! > 1;
    if (!isKept) return rangesOf(WHOLE, [hull(ranges)]);
    return { ...ranges, axis: ranges.axis + out.shape.length - shape.length };
  },
  evaluate(step, [operand]) {
    const { shape } = step.out;
    const out = allocate(step.out.dtype, elementCount(step.out));
    copyElements(
      shape,
      { data: operand!.data, start: 0, strides: broadcastStrides(operand!.type.shape, shape.length) },
      { data: out, start: 0, strides: stridesOf(shape) },
    );
    return out;
  },
};
