// What the rules of the trees put at a position: an inner node, a tile, or padding.
import {
  type Position,
  tensorLevel,
  tileCount,
  tileLength,
  traceDepth,
  treeDepth,
} from "../protocol/index.ts";

/** What fixes the shape of a commitment's trees. */
export interface TreeShape {
  readonly slots: number;
  readonly maxPasses: number;
  readonly passes: number;
  /** Bytes of the output of step `index`; `slots` is the collect. */
  byteLength(index: number): number;
}

export type Place =
  /** An inner node; `step` is missing above the tensor roots. */
  | { readonly kind: "inner"; readonly step: number | undefined }
  | { readonly kind: "tile"; readonly step: number; readonly tile: number; readonly length: number }
  /** Nothing: `EMPTY`. Also below a tile. */
  | { readonly kind: "padding"; readonly step: number | undefined };

/** What belongs at a position, in a tree of that shape. */
export function placeOf(shape: TreeShape, position: Position): Place {
  const depth = traceDepth(shape.slots, shape.maxPasses);
  const level = tensorLevel(position, depth);
  if (position.section === "output") return placeInTensor(shape, shape.slots, level, position.path);
  const leaves = BigInt(shape.slots) * BigInt(shape.passes);
  if (level < 0) {
    const firstLeaf = position.path << BigInt(-4 * level);
    return { kind: firstLeaf < leaves ? "inner" : "padding", step: undefined };
  }
  const leaf = position.path >> BigInt(4 * level);
  if (leaf >= leaves) return { kind: "padding", step: undefined };
  const path = position.path - (leaf << BigInt(4 * level));
  return placeInTensor(shape, Number(leaf % BigInt(shape.slots)), level, path);
}

function placeInTensor(shape: TreeShape, step: number, level: number, path: bigint): Place {
  const byteLength = shape.byteLength(step);
  const tiles = BigInt(tileCount(byteLength));
  const depth = treeDepth(Number(tiles));
  if (level > depth || path << BigInt(4 * (depth - level)) >= tiles) return { kind: "padding", step };
  if (level < depth) return { kind: "inner", step };
  const tile = Number(path);
  return { kind: "tile", step, tile, length: tileLength(byteLength, tile) };
}
