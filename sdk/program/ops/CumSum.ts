// CumSum: running sums along an axis, from either end, with or without the element itself.
import { allocate, isWide } from "../dtype.ts";
import { type Interval, intervalAt, rangesAlong, rangesOf } from "../ranges.ts";
import { elementCount, sameShape } from "../tensor.ts";
import type { Step } from "../types.ts";
import { axisFault, axisOf, laneBox, laneOf } from "./axis.ts";
import { MAX_ROW, type OpDefinition, RULE, type Run, within } from "./definition.ts";

const OPCODE = 33;

/** How many of `count` elements are summed at position `at`, and the first of them. */
function summed({ attributes }: Step, at: number, count: number) {
  const exclusive = Number(attributes[1]);
  return attributes[2] === 1n
    ? { first: at + exclusive, length: count - at - exclusive }
    : { first: 0, length: at + 1 - exclusive };
}

/** The elements of which output element `index` is the sum. */
function termsOf(step: Step, index: number): Run {
  const { shape } = step.out;
  const axis = axisOf(step);
  const stride = elementCount({ shape: shape.slice(axis + 1) });
  const at = Math.floor(index / stride) % shape[axis]!;
  const { first, length } = summed(step, at, shape[axis]!);
  return { start: index + (first - at) * stride, count: length, stride };
}

export const CumSum: OpDefinition = {
  name: "CumSum",
  opcode: OPCODE,
  page: {
    types: "i32 or i64",
    element: "the sum of the elements up to this one along an axis",
    attributes: "axis, exclusive (without this one), reverse (from the end)",
    limits: "axis ≤ 32,768 long",
  },
  operands: [1, 1],
  attributes: 3,
  shapeFault(step) {
    const { dtype, shape } = step.operands[0]!.type;
    if (dtype !== "i32" && dtype !== "i64") return RULE.operandType;
    if (step.out.dtype !== dtype) return RULE.outputType;
    const fault = axisFault(step, shape.length);
    if (fault !== 0) return fault;
    if (!within(step.attributes.slice(1), 0, 1)) return RULE.attribute;
    if (!sameShape(step.out.shape, shape)) return RULE.outputShape;
    return shape[axisOf(step)]! > MAX_ROW ? RULE.reads : 0;
  },
  element(read, step, index) {
    const { start, count, stride } = termsOf(step, index);
    let sum = 0n;
    for (let at = 0; at < count; at++) sum += read(0, start + at * stride);
    return sum;
  },
  reads(step, index) {
    const terms = termsOf(step, index);
    return [terms.count > 0 ? [terms] : []];
  },
  boxes: (step) => [laneBox(step.out.shape, axisOf(step))],
  ranges(step, [operand]) {
    const axis = axisOf(step);
    const size = step.out.shape[axis]!;
    const along = rangesAlong(operand!, axis);
    const sums: Interval[] = [{ min: 0n, max: 0n }];
    for (let at = 0; at < size; at++) {
      const before = sums[at]!;
      const { min, max } = intervalAt(along, step.attributes[2] === 1n ? size - 1 - at : at);
      sums.push({ min: before.min + min, max: before.max + max });
    }
    return rangesOf(
      axis,
      Array.from({ length: size }, (_, at) => sums[summed(step, at, size).length]!),
    );
  },
  evaluate(step, [operand]) {
    const { data } = operand!;
    const { shape } = step.out;
    const axis = axisOf(step);
    const out = allocate(step.out.dtype, data.length);
    const lanes = data.length / shape[axis]!;
    const isReverse = step.attributes[2] === 1n;
    const isExclusive = step.attributes[1] === 1n;
    for (let number = 0; number < lanes; number++) {
      const { start, count, stride } = laneOf(shape, axis, number);
      const last = start + (count - 1) * stride;
      let wide = 0n;
      let narrow = 0;
      for (let turn = 0; turn < count; turn++) {
        const at = isReverse ? last - turn * stride : start + turn * stride;
        if (isWide(out)) {
          const sum = wide + (data[at] as bigint);
          out[at] = isExclusive ? wide : sum;
          wide = sum;
        } else {
          const sum = (narrow + (data[at] as number)) | 0;
          out[at] = isExclusive ? narrow : sum;
          narrow = sum;
        }
      }
    }
    return out;
  },
};
