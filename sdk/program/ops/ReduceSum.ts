// ReduceSum: the sum of all elements along an axis.
import { isWide } from "../dtype.ts";
import { elementCount } from "../tensor.ts";
import { axisOf, laneBox, laneOf } from "./axis.ts";
import { type OpDefinition, RULE } from "./definition.ts";
import { magnitudeAlong, reducedRanges, reductionFault } from "./reduction.ts";

const OPCODE = 31;
/** Runtimes add up 32-bit integers in 32 bits, and wider ones in doubles. */
const EXACT_BITS = { i32: 31n, i64: 53n } as const;

export const ReduceSum: OpDefinition = {
  name: "ReduceSum",
  opcode: OPCODE,
  page: {
    types: "i32 or i64",
    element: "the sum along an axis",
    attributes: "axis, keepdims",
    limits: "axis ≤ 32,768 long; magnitudes add up to less than 2^31 for i32 and 2^53 for i64",
  },
  operands: [1, 1],
  attributes: 2,
  shapeFault(step) {
    const { dtype } = step.operands[0]!.type;
    if (dtype !== "i32" && dtype !== "i64") return RULE.operandType;
    return step.out.dtype === dtype ? reductionFault(step) : RULE.outputType;
  },
  element(read, step, index) {
    const { start, count, stride } = laneOf(step.operands[0]!.type.shape, axisOf(step), index);
    let sum = 0n;
    for (let at = 0; at < count; at++) sum += read(0, start + at * stride);
    return sum;
  },
  reads: (step, index) => [[laneOf(step.operands[0]!.type.shape, axisOf(step), index)]],
  boxes: (step) => [laneBox(step.operands[0]!.type.shape, axisOf(step))],
  ranges: (step, [operand]) =>
    reducedRanges(step, operand!, (intervals) => {
      let min = 0n;
      let max = 0n;
      for (const interval of intervals) {
        min += interval.min;
        max += interval.max;
      }
      return { min, max };
    }),
  refuse(step, [operand]) {
    const bits = EXACT_BITS[step.out.dtype as keyof typeof EXACT_BITS];
    const magnitude = magnitudeAlong(step, operand!);
    if (magnitude < 1n << bits) return undefined;
    return {
      reason: `sums along the axis may reach ${magnitude}, which runtimes add up exactly only below 2^${bits}`,
      remedy: "Insert Clip or Div before the sum, or split it and Add the parts.",
    };
  },
  evaluate(step, [operand]) {
    const { data, type } = operand!;
    const axis = axisOf(step);
    const count = elementCount(step.out);
    if (!isWide(data)) {
      // Sums of 2^15 elements of 32 bits are exact in a double; storing wraps.
      const out = new Int32Array(count);
      for (let index = 0; index < count; index++) {
        const lane = laneOf(type.shape, axis, index);
        let sum = 0;
        for (let at = 0; at < lane.count; at++) sum += data[lane.start + at * lane.stride]!;
        out[index] = sum;
      }
      return out;
    }
    const out = new BigInt64Array(count);
    for (let index = 0; index < count; index++) {
      const lane = laneOf(type.shape, axis, index);
      let sum = 0n;
      for (let at = 0; at < lane.count; at++) sum += data[lane.start + at * lane.stride]!;
      out[index] = sum;
    }
    return out;
  },
};
