// ReduceMax: the greatest element along an axis.
import { allocate, dtypeBounds, isWide } from "../dtype.ts";
import { greatest, hull } from "../ranges.ts";
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
    limits: "axis ≤ 32,768 long; values of i64 proven to fit i32",
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
  /** onnxruntime compares the lower halves of 64-bit integers as if they had a sign, where the upper halves are the same. */
  refuse(step, [operand]) {
    if (step.out.dtype !== "i64") return undefined;
    const { min, max } = hull(operand!.ranges);
    const bounds = dtypeBounds("i32");
    if (min >= bounds.min && max <= bounds.max) return undefined;
    return {
      reason: `it compares values from ${min} to ${max}; runtimes find the greatest of 64-bit integers only within 32 bits`,
      remedy: "Insert Clip to 32 bits before it, or take ArgMax, and GatherElements at what it gives.",
    };
  },
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
