// Carry: in the first pass an initial tensor, in every other what a slot held in the pass before.
import { dtypeBounds } from "../dtype.ts";
import { whole } from "../ranges.ts";
import { sameShape } from "../tensor.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, type Pass, RULE, singleBoxes } from "./definition.ts";

const OPCODE = 253;

/** The operand that is read: 0 is the initial tensor, 1 the slot of the pass before. */
const sourceOf = (pass: Pass): 0 | 1 => (pass.number === 0 ? 0 : 1);

export const Carry: OpDefinition = {
  name: "Carry",
  opcode: OPCODE,
  page: {
    types: "integers",
    element: "in pass 0 the initial tensor, in pass t what the slot held in pass t - 1",
    attributes: "",
    limits: "begins with an input or a constant; goes on with any slot",
  },
  operands: [2, 2],
  attributes: 0,
  shapeFault({ operands, out }) {
    const [initial, next] = operands;
    if (initial!.source.kind === "slot" || next!.source.kind !== "slot") return RULE.sources;
    const { dtype, shape } = initial!.type;
    if (dtype === "bool" || next!.type.dtype !== dtype) return RULE.operandType;
    if (out.dtype !== dtype) return RULE.outputType;
    if (!sameShape(next!.type.shape, shape)) return RULE.operandShapes;
    return sameShape(out.shape, shape) ? 0 : RULE.outputShape;
  },
  element: (read, _, index, pass) => read(sourceOf(pass), index),
  reads: (_, index, __, pass) => (sourceOf(pass) === 0 ? [single(index), []] : [[], single(index)]),
  boxes: singleBoxes,
  readsOne: true,
  ranges({ out }) {
    const { min, max } = dtypeBounds(out.dtype);
    return whole(min, max);
  },
  /** `operands[1]` is the slot as the pass before left it; nothing in the first pass. */
  evaluate: (_, operands, pass) => operands[sourceOf(pass)]!.data,
};
