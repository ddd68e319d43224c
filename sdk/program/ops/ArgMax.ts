// ArgMax: where along an axis the greatest element stands; of equal ones the first.
import { whole } from "../ranges.ts";
import { elementCount } from "../tensor.ts";
import { axisOf, laneBox, laneOf } from "./axis.ts";
import { type OpDefinition, RULE } from "./definition.ts";
import { COMPARED, reductionFault } from "./reduction.ts";

const OPCODE = 9;

export const ArgMax: OpDefinition = {
  name: "ArgMax",
  opcode: OPCODE,
  page: {
    types: "i8, u8, i32, i64 → i64",
    element: "the index of the greatest element along an axis, the lowest of equal ones",
    attributes: "axis, keepdims",
    limits: "axis ≤ 32,768 long",
  },
  operands: [1, 1],
  attributes: 2,
  shapeFault(step) {
    const { dtype } = step.operands[0]!.type;
    if (!COMPARED.includes(dtype)) return RULE.operandType;
    if (step.out.dtype !== "i64") return RULE.outputType;
    return reductionFault(step);
  },
  element(read, step, index) {
    const { start, count, stride } = laneOf(step.operands[0]!.type.shape, axisOf(step), index);
    let best = 0;
    let greatest = read(0, start);
    for (let at = 1; at < count; at++) {
      const value = read(0, start + at * stride);
      if (value > greatest) {
        best = at;
        greatest = value;
      }
    }
    return BigInt(best);
  },
  reads: (step, index) => [[laneOf(step.operands[0]!.type.shape, axisOf(step), index)]],
  boxes: (step) => [laneBox(step.operands[0]!.type.shape, axisOf(step))],
  ranges: (step) => whole(0n, BigInt(step.operands[0]!.type.shape[axisOf(step)]! - 1)),
  evaluate(step, [operand]) {
    const { data, type } = operand!;
    const out = new BigInt64Array(elementCount(step.out));
    for (let index = 0; index < out.length; index++) {
      const { start, count, stride } = laneOf(type.shape, axisOf(step), index);
      let best = 0;
      for (let at = 1; at < count; at++) {
        if (data[start + at * stride]! > data[start + best * stride]!) best = at;
      }
      out[index] = BigInt(best);
    }
    return out;
  },
};
