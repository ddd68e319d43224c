// ReduceMax: the greatest element along an axis.
import { allocate, isWide } from "../dtype.ts";
import { greatest } from "../ranges.ts";
import { elementCount } from "../tensor.ts";
import { axisOf, laneBox, laneOf } from "./axis.ts";
import { type OpDefinition, RULE } from "./definition.ts";
import { COMPARED, reducedRanges, reductionFault } from "./reduction.ts";

const OPCODE = 32;

export const ReduceMax: OpDefinition = {
  name: "ReduceMax",
  opcode: OPCODE,
  page: {
    types: "i8, u8, i32, i64",
    element: "the greatest element along an axis",
    attributes: "axis, keepdims",
    limits: "axis ≤ 32,768 long",
  },
  operands: [1, 1],
  attributes: 2,
  shapeFault(step) {
    const { dtype } = step.operands[0]!.type;
    if (!COMPARED.includes(dtype)) return RULE.operandType;
    return step.out.dtype === dtype ? reductionFault(step) : RULE.outputType;
  },
  element(read, step, index) {
    const { start, count, stride } = laneOf(step.operands[0]!.type.shape, axisOf(step), index);
    let result = read(0, start);
    for (let at = 1; at < count; at++) {
      const value = read(0, start + at * stride);
      if (value > result) result = value;
    }
    return result;
  },
  reads: (step, index) => [[laneOf(step.operands[0]!.type.shape, axisOf(step), index)]],
  boxes: (step) => [laneBox(step.operands[0]!.type.shape, axisOf(step))],
  ranges: (step, [operand]) =>
    reducedRanges(step, operand!, (intervals) => ({
      min: greatest(intervals.map(({ min }) => min)),
      max: greatest(intervals.map(({ max }) => max)),
    })),
  evaluate(step, [operand]) {
    const { data, type } = operand!;
    const out = allocate(step.out.dtype, elementCount(step.out));
    for (let index = 0; index < out.length; index++) {
      const { start, count, stride } = laneOf(type.shape, axisOf(step), index);
      let result = data[start]!;
      for (let at = 1; at < count; at++) {
        const value = data[start + at * stride]!;
        if (value > result) result = value;
      }
      if (isWide(out)) out[index] = result as bigint;
      else out[index] = result as number;
    }
    return out;
  },
};
