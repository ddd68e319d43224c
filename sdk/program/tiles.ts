// Which tiles hold which elements of a tensor.
import { TILE_BYTES } from "../protocol/index.ts";
import { WIDTH } from "./dtype.ts";
import type { Run } from "./ops/definition.ts";
import { layoutPosition, logicalIndex } from "./tensor.ts";
import type { TensorType } from "./types.ts";

/** The row-major number of element `element` of tile `tile`. */
export const elementOfTile = (type: TensorType, tile: number, element: number): number =>
  logicalIndex(type, (tile * TILE_BYTES) / WIDTH[type.dtype] + element);

/** The tiles that runs of elements lie in, ascending; `offset` is where the tensor begins in the bytes that are cut. */
export function tilesOf(type: TensorType, runs: readonly Run[], offset = 0): number[] {
  const width = WIDTH[type.dtype];
  const tiles = new Set<number>();
  for (const { start, count, stride } of runs) {
    for (let i = 0; i < count; i++) {
      tiles.add(Math.floor((offset + layoutPosition(type, start + i * stride) * width) / TILE_BYTES));
    }
  }
  return [...tiles].sort((a, b) => a - b);
}
