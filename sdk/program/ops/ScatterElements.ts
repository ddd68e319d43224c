// ScatterElements: a tensor with other elements at the places along an axis that indices name. Of several the last one counts.
import { hull, intervalAt, knownAxis, type Ranges, rangesAlong, rangesOf, unite, WHOLE } from "../ranges.ts";
import { sameShape, stridesOf } from "../tensor.ts";
import type { Step, Tensor } from "../types.ts";
import { axisFault, axisOf, coordinatesOf, indexAt, laneOf } from "./axis.ts";
import { single } from "./broadcast.ts";
import { boxOf, type OpDefinition, type OperandRanges, RULE, type Run } from "./definition.ts";
import { fitsBeside, indexRefusal, isIndex } from "./indices.ts";
import { walk, wordsOf } from "./walk.ts";

const OPCODE = 25;
/** Most indices along the axis. */
const MAX_INDICES = 1024;

/** The indices that may name the place of output element `index`, and that place; none outside their other axes. */
function candidatesOf(step: Step, index: number): { lane: Run; place: bigint } | undefined {
  const { shape } = step.operands[1]!.type;
  const axis = axisOf(step);
  const coordinates = coordinatesOf(step.out.shape, index);
  if (coordinates.some((coordinate, other) => other !== axis && coordinate >= shape[other]!))
    return undefined;
  const strides = stridesOf(shape);
  const start = indexAt(coordinates.with(axis, 0), strides);
  const lane = { start, count: shape[axis]!, stride: strides[axis]! };
  return { lane, place: BigInt(coordinates[axis]!) };
}

/** The update that goes into output element `index`, if any does. */
function updateOf(step: Step, index: number, read: (index: number) => bigint): number | undefined {
  const candidates = candidatesOf(step, index);
  if (!candidates) return undefined;
  const { lane, place } = candidates;
  for (let at = lane.count - 1; at >= 0; at--) {
    const update = lane.start + at * lane.stride;
    if (read(update) === place) return update;
  }
  return undefined;
}

function ranges(step: Step, [data, , updates]: readonly OperandRanges[]): Ranges {
  const axis = axisOf(step);
  const known = [data!, updates!].map(knownAxis).find((candidate) => candidate !== WHOLE) ?? WHOLE;
  const before = rangesAlong(data!, known);
  if (known === WHOLE || known === axis) {
    const update = hull(rangesAlong(updates!, WHOLE));
    return rangesOf(
      known,
      before.min.map((_, index) => unite(intervalAt(before, index), update)),
    );
  }
  const after = rangesAlong(updates!, known);
  const reached = updates!.shape[known]!;
  return rangesOf(
    known,
    before.min.map((_, index) => {
      const interval = intervalAt(before, index);
      return index < reached ? unite(interval, intervalAt(after, index)) : interval;
    }),
  );
}

/** Whether no place along the axis is named twice. */
function areDistinct({ type, data }: Tensor, axis: number): boolean {
  const size = type.shape[axis]!;
  for (let number = 0; number < data.length / size; number++) {
    const { start, stride } = laneOf(type.shape, axis, number);
    const seen = new Set<number | bigint>();
    for (let at = 0; at < size; at++) seen.add(data[start + at * stride]!);
    if (seen.size < size) return false;
  }
  return true;
}

export const ScatterElements: OpDefinition = {
  name: "ScatterElements",
  opcode: OPCODE,
  page: {
    types: "any, by i32 or i64",
    element: "the update of the last index along the axis that names the element's place, otherwise data",
    attributes: "axis",
    limits: "at most 1,024 indices along the axis, proven in it and distinct: one index, or constant ones",
  },
  operands: [3, 3],
  attributes: 1,
  shapeFault(step) {
    const [data, indices, updates] = step.operands.map(({ type }) => type);
    if (!isIndex(indices!) || updates!.dtype !== data!.dtype) return RULE.operandType;
    if (step.out.dtype !== data!.dtype) return RULE.outputType;
    const rank = data!.shape.length;
    if (indices!.shape.length !== rank || updates!.shape.length !== rank) return RULE.rank;
    const fault = axisFault(step, rank);
    if (fault !== 0) return fault;
    const axis = axisOf(step);
    if (!sameShape(indices!.shape, updates!.shape) || !fitsBeside(indices!.shape, data!.shape, axis)) {
      return RULE.operandShapes;
    }
    if (!sameShape(step.out.shape, data!.shape)) return RULE.outputShape;
    return indices!.shape[axis]! > MAX_INDICES ? RULE.reads : 0;
  },
  element(read, step, index) {
    const update = updateOf(step, index, (at) => read(1, at));
    return update === undefined ? read(0, index) : read(2, update);
  },
  reads(step, index, read) {
    const update = updateOf(step, index, (at) => read(1, at));
    const candidates = candidatesOf(step, index);
    return [
      update === undefined ? single(index) : [],
      candidates ? [candidates.lane] : [],
      update === undefined ? [] : single(update),
    ];
  },
  boxes(step) {
    const [data, indices, updates] = step.operands.map(({ type }) => type.shape);
    const axis = axisOf(step);
    const lane = boxOf(indices!, { [axis]: { count: indices![axis]!, step: 1 } }, axis);
    return [boxOf(data!), lane, boxOf(updates!)];
  },
  ranges,
  refuse(step, [data, indices]) {
    const axis = axisOf(step);
    const refusal = indexRefusal(indices!, data!.shape[axis]!);
    if (refusal) return refusal;
    const { constant } = indices!;
    if (indices!.shape[axis] === 1 || (constant && areDistinct(constant, axis))) return undefined;
    return {
      reason: "two indices along its axis may name the same place, and runtimes differ on which one counts",
      remedy: "Use one index along the axis, or a constant with different ones.",
    };
  },
  evaluate(step, [data, indices, updates]) {
    const out = data!.data.slice();
    const target = wordsOf(out);
    const source = wordsOf(updates!.data);
    const axis = axisOf(step);
    const strides = stridesOf(step.out.shape);
    const { shape } = indices!.type;
    walk(shape, [stridesOf(shape), strides.with(axis, 0)], (count, [from, to], [, by]) => {
      for (let i = 0; i < count; i++) {
        const place = Number(indices!.data[from! + i]!);
        if (place < 0 || place >= step.out.shape[axis]!) continue;
        target[to! + i * by! + place * strides[axis]!] = source[from! + i]!;
      }
    });
    return out;
  },
};
