// What operators share that read elements at places which an operand names.
import { hull, rangesAlong, WHOLE } from "../ranges.ts";
import type { DType, TensorType } from "../types.ts";
import type { OperandRanges, Refusal } from "./definition.ts";

const INDEX_TYPES: readonly DType[] = ["i32", "i64"];

export const isIndex = ({ dtype }: TensorType): boolean => INDEX_TYPES.includes(dtype);

/** Whether an index lies in an axis of this size. */
export const isPlace = (index: bigint, size: number): boolean => index >= 0n && index < BigInt(size);

/** Whether all indices that may come lie in an axis of this size. */
export function areProven(indices: OperandRanges, size: number): boolean {
  const { min, max } = hull(rangesAlong(indices, WHOLE));
  return isPlace(min, size) && isPlace(max, size);
}

/** Refuses indices that may lie outside an axis: runtimes count negative ones from the end. */
export function indexRefusal(indices: OperandRanges, size: number): Refusal | undefined {
  if (areProven(indices, size)) return undefined;
  const { min, max } = hull(rangesAlong(indices, WHOLE));
  return {
    reason: `an index may be from ${min} to ${max}, outside 0..${size - 1}`,
    remedy: `Insert Clip to 0..${size - 1} before the indices.`,
  };
}

/** Whether indices reach beyond the data along no other axis. */
export const fitsBeside = (indices: readonly number[], data: readonly number[], axis: number): boolean =>
  indices.every((size, place) => place === axis || size <= data[place]!);
