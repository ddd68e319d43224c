// GatherElements: for each index the element at that place along an axis; zero where there is no such place.
import { allocate } from "../dtype.ts";
import { hull, intervalAt, knownAxis, rangesAlong, rangesOf, unite, WHOLE } from "../ranges.ts";
import { elementCount, sameShape, stridesOf } from "../tensor.ts";
import type { Step } from "../types.ts";
import { axisFault, axisOf, coordinatesOf, indexAt } from "./axis.ts";
import { single } from "./broadcast.ts";
import { type OpDefinition, RULE, singleBoxes } from "./definition.ts";
import { areProven, fitsBeside, indexRefusal, isIndex, isPlace } from "./indices.ts";
import { walk, wordsOf } from "./walk.ts";

const OPCODE = 24;

/** Strides of the data, without the axis, on which the index decides. */
const stridesBeside = (step: Step): number[] => stridesOf(step.operands[0]!.type.shape).with(axisOf(step), 0);

/** Where an index leads that stands for output element `index`. */
function leadsTo(step: Step, index: number, place: bigint): number {
  const stride = stridesOf(step.operands[0]!.type.shape)[axisOf(step)]!;
  return indexAt(coordinatesOf(step.out.shape, index), stridesBeside(step), Number(place) * stride);
}

const sizeOf = (step: Step): number => step.operands[0]!.type.shape[axisOf(step)]!;

export const GatherElements: OpDefinition = {
  name: "GatherElements",
  opcode: OPCODE,
  page: {
    types: "any, by i32 or i64",
    element: "data at the element's own place, with the index along the axis; 0 where there is no such place",
    attributes: "axis",
    limits: "indices proven in the axis; as many other places as data, or fewer",
  },
  operands: [2, 2],
  attributes: 1,
  shapeFault(step) {
    const [data, indices] = step.operands.map(({ type }) => type);
    if (!isIndex(indices!)) return RULE.operandType;
    if (step.out.dtype !== data!.dtype) return RULE.outputType;
    if (indices!.shape.length !== data!.shape.length) return RULE.rank;
    const fault = axisFault(step, data!.shape.length);
    if (fault !== 0) return fault;
    if (!fitsBeside(indices!.shape, data!.shape, axisOf(step))) return RULE.operandShapes;
    return sameShape(step.out.shape, indices!.shape) ? 0 : RULE.outputShape;
  },
  element(read, step, index) {
    const place = read(1, index);
    return isPlace(place, sizeOf(step)) ? read(0, leadsTo(step, index, place)) : 0n;
  },
  reads(step, index, read) {
    const place = read(1, index);
    return [isPlace(place, sizeOf(step)) ? single(leadsTo(step, index, place)) : [], single(index)];
  },
  boxes: singleBoxes,
  ranges(step, [data, indices]) {
    const known = knownAxis(data!);
    const zero = areProven(indices!, sizeOf(step)) ? [] : [{ min: 0n, max: 0n }];
    if (known === WHOLE || known === axisOf(step)) {
      return rangesOf(WHOLE, [zero.reduce(unite, hull(rangesAlong(data!, WHOLE)))]);
    }
    const along = rangesAlong(data!, known);
    const size = step.out.shape[known]!;
    return rangesOf(
      known,
      Array.from({ length: size }, (_, index) => zero.reduce(unite, intervalAt(along, index))),
    );
  },
  refuse: (step, [, indices]) => indexRefusal(indices!, sizeOf(step)),
  evaluate(step, [data, indices]) {
    const out = allocate(step.out.dtype, elementCount(step.out));
    const source = wordsOf(data!.data);
    const target = wordsOf(out);
    const size = sizeOf(step);
    const stride = stridesOf(data!.type.shape)[axisOf(step)]!;
    walk(step.out.shape, [stridesOf(step.out.shape), stridesBeside(step)], (count, [to, from], [, by]) => {
      for (let i = 0; i < count; i++) {
        const place = Number(indices!.data[to! + i]!);
        if (place >= 0 && place < size) target[to! + i] = source[from! + i * by! + place * stride]!;
      }
    });
    return out;
  },
};
