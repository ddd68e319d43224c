// Cast: the same values in another type, wrapped in two's complement.
import { allocate, dtypeBounds, isWide, wrap } from "../dtype.ts";
import { hull } from "../ranges.ts";
import { sameShape } from "../tensor.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 6;

export const Cast: OpDefinition = {
  name: "Cast",
  opcode: OPCODE,
  page: {
    types: "any → integers",
    element: "a",
    attributes: "",
    limits: "the range of a fits the new type",
  },
  operands: [1, 1],
  attributes: 0,
  shapeFault({ operands, out }) {
    if (out.dtype === "bool") return RULE.outputType;
    return sameShape(out.shape, operands[0]!.type.shape) ? 0 : RULE.outputShape;
  },
  element: (read, { out }, index) => wrap(read(0, index), out.dtype),
  reads: (_, index) => [single(index)],
  boxes: singleBoxes,
  ranges: (_, [operand]) => operand!.ranges,
  refuse({ out }, [operand]) {
    const { min, max } = hull(operand!.ranges);
    const bounds = dtypeBounds(out.dtype);
    if (min >= bounds.min && max <= bounds.max) return undefined;
    return {
      reason: `values from ${min} to ${max} do not fit ${out.dtype}`,
      remedy: `Insert Clip to ${bounds.min}..${bounds.max} before the Cast.`,
    };
  },
  evaluate({ out }, [operand]) {
    const { data } = operand!;
    const result = allocate(out.dtype, data.length);
    if (isWide(result)) {
      if (isWide(data)) result.set(data);
      else for (let i = 0; i < data.length; i++) result[i] = BigInt(data[i]!);
    } else if (isWide(data)) {
      for (let i = 0; i < data.length; i++) result[i] = Number(wrap(data[i]!, out.dtype));
    } else result.set(data);
    return result;
  },
};
