// ArgMax: where along an axis the greatest element stands; of equal ones the first.
import { whole } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { Step } from "../types.ts";
import { boxOf, MAX_ROW, type OpDefinition, RULE, within } from "./definition.ts";

const OPCODE = 9;

/** Where output element `index` begins in the operand, and the size of the axis and of one step along it. */
function placeOf({ operands, attributes }: Step, index: number) {
  const { shape } = operands[0]!.type;
  const axis = Number(attributes[0]);
  const count = shape[axis]!;
  const stride = elementCount({ shape: shape.slice(axis + 1) });
  const start = Math.floor(index / stride) * stride * count + (index % stride);
  return { start, count, stride };
}

export const ArgMax: OpDefinition = {
  name: "ArgMax",
  opcode: OPCODE,
  operands: [1, 1],
  attributes: 2,
  shapeFault({ operands, attributes, out }) {
    const { shape } = operands[0]!.type;
    const [axis, keepdims] = attributes as [bigint, bigint];
    if (out.dtype !== "i64") return RULE.outputType;
    if (shape.length === 0) return RULE.rank;
    if (!within([axis], 0, shape.length - 1) || !within([keepdims], 0, 1)) return RULE.attribute;
    const reduced = shape.toSpliced(Number(axis), 1, ...(keepdims === 1n ? [1] : []));
    if (!sameShape(out.shape, reduced)) return RULE.outputShape;
    return shape[Number(axis)]! > MAX_ROW ? RULE.reads : 0;
  },
  element(read, step, index) {
    const { start, count, stride } = placeOf(step, index);
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
  reads: (step, index) => [[placeOf(step, index)]],
  boxes({ operands, attributes }) {
    const { shape } = operands[0]!.type;
    const axis = Number(attributes[0]);
    return [boxOf(shape, { [axis]: { count: shape[axis]!, step: 1 } }, axis)];
  },
  ranges: ({ operands, attributes }) =>
    whole(0n, BigInt(operands[0]!.type.shape[Number(attributes[0])]! - 1)),
  evaluate(step, [operand]) {
    const { data } = operand!;
    const out = new BigInt64Array(elementCount(step.out));
    for (let index = 0; index < out.length; index++) {
      const { start, count, stride } = placeOf(step, index);
      let best = 0;
      for (let at = 1; at < count; at++) {
        if (data[start + at * stride]! > data[start + best * stride]!) best = at;
      }
      out[index] = BigInt(best);
    }
    return out;
  },
};
