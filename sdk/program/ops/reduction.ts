// What operators share that make one element of all elements along an axis.
import {
  greater,
  hull,
  type Interval,
  intervalAt,
  mapRanges,
  type Ranges,
  rangesAlong,
  rangesOf,
  WHOLE,
} from "../ranges.ts";
import { sameShape } from "../tensor.ts";
import type { DType, Step } from "../types.ts";
import { axisFault, axisOf, reducedShape } from "./axis.ts";
import { MAX_ROW, type OperandRanges, RULE, within } from "./definition.ts";

/** The types of which runtimes find the greatest element. */
export const COMPARED: readonly DType[] = ["i8", "u8", "i32", "i64"];

/** The rules after those on element types; the attributes are axis and keepdims. */
export function reductionFault(step: Step): number {
  const { shape } = step.operands[0]!.type;
  const fault = axisFault(step, shape.length);
  if (fault !== 0) return fault;
  const keepdims = step.attributes[1]!;
  if (!within([keepdims], 0, 1)) return RULE.attribute;
  const axis = axisOf(step);
  if (!sameShape(step.out.shape, reducedShape(shape, axis, keepdims === 1n))) return RULE.outputShape;
  return shape[axis]! > MAX_ROW ? RULE.reads : 0;
}

/** Bounds of a reduction, by what it makes of the intervals along its axis. */
export function reducedRanges(
  step: Step,
  operand: OperandRanges,
  reduce: (intervals: readonly Interval[]) => Interval,
): Ranges {
  const axis = axisOf(step);
  const { ranges, constant, shape } = operand;
  const size = shape[axis]!;
  if (constant || ranges.axis === axis || ranges.axis === WHOLE) {
    const along = rangesAlong(operand, axis);
    return rangesOf(WHOLE, [reduce(Array.from({ length: size }, (_, index) => intervalAt(along, index)))]);
  }
  const removed = ranges.axis > axis && step.attributes[1] === 0n ? 1 : 0;
  const reduced = mapRanges(ranges, (interval) => reduce(new Array<Interval>(size).fill(interval)));
  return { ...reduced, axis: ranges.axis - removed };
}

/** The sum of the largest magnitudes along the axis: no partial sum is larger. */
export function magnitudeAlong(step: Step, operand: OperandRanges): bigint {
  const total = reducedRanges(step, operand, (intervals) => {
    let max = 0n;
    for (const { min, max: most } of intervals) max += greater(-min, most);
    return { min: 0n, max };
  });
  return hull(total).max;
}
