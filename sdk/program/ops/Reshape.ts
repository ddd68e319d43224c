// Reshape: the same elements in row-major order under another shape.
import { hull, whole } from "../ranges.ts";
import { elementCount } from "../tensor.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 8;

export const Reshape: OpDefinition = {
  name: "Reshape",
  opcode: OPCODE,
  operands: [1, 1],
  attributes: 0,
  shapeFault({ operands, out }) {
    const { type } = operands[0]!;
    if (out.dtype !== type.dtype) return RULE.outputType;
    return elementCount(out) === elementCount(type) ? 0 : RULE.outputShape;
  },
  element: (read, _, index) => read(0, index),
  reads: (_, index) => [single(index)],
  boxes: singleBoxes,
  ranges(_, [operand]) {
    const { min, max } = hull(operand!.ranges);
    return whole(min, max);
  },
  evaluate: (_, [operand]) => operand!.data,
};
