// Going along one axis of a tensor, and telling an element's coordinates.
import { elementCount, stridesOf } from "../tensor.ts";
import type { Step } from "../types.ts";
import { type Box, boxOf, RULE, type Run, within } from "./definition.ts";

/** The elements along `axis` that a reduction's output element `index` stands for. */
export function laneOf(shape: readonly number[], axis: number, index: number): Run {
  const count = shape[axis]!;
  const stride = elementCount({ shape: shape.slice(axis + 1) });
  const start = Math.floor(index / stride) * stride * count + (index % stride);
  return { start, count, stride };
}

/** A box that reaches all along one axis. */
export const laneBox = (shape: readonly number[], axis: number): Box =>
  boxOf(shape, { [axis]: { count: shape[axis]!, step: 1 } }, axis);

/** The coordinates of element `index`, row-major. */
export const coordinatesOf = (shape: readonly number[], index: number): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % shape[axis]!);

/** Where coordinates lead, with these strides. */
export const indexAt = (coordinates: readonly number[], strides: readonly number[], start = 0): number =>
  coordinates.reduce((sum, coordinate, axis) => sum + coordinate * strides[axis]!, start);

/** The operator's axis, its first attribute. */
export const axisOf = ({ attributes }: Step): number => Number(attributes[0]);

/** Rank 0 has no axis; the first attribute must name one. Zero where it does. */
export function axisFault({ attributes }: Step, rank: number): number {
  if (rank === 0) return RULE.rank;
  return within([attributes[0]!], 0, rank - 1) ? 0 : RULE.attribute;
}

/** A shape without an axis, or with the axis reduced to one. */
export const reducedShape = (shape: readonly number[], axis: number, keepdims: boolean): number[] =>
  shape.toSpliced(axis, 1, ...(keepdims ? [1] : []));
