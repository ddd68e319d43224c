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
  /** An inner node; `step` and `pass` are missing above the tensor roots. */
  | { readonly kind: "inner"; readonly step: number | undefined; readonly pass: number | undefined }
  | {
      readonly kind: "tile";
      readonly step: number;
      readonly pass: number;
      readonly tile: number;
      readonly length: number;
    }
  /** Nothing: `EMPTY`. Also below a tile. */
  | { readonly kind: "padding"; readonly step: number | undefined; readonly pass: number | undefined };

const nowhere = { step: undefined, pass: undefined } as const;

/** What belongs at a position, in a tree of that shape. */
export function placeOf(shape: TreeShape, position: Position): Place {
  const depth = traceDepth(shape.slots, shape.maxPasses);
  const level = tensorLevel(position, depth);
  if (position.section === "output") {
    return placeInTensor(shape, { step: shape.slots, pass: shape.passes - 1 }, level, position.path);
  }
  const slots = BigInt(shape.slots);
  const leaves = slots * BigInt(shape.passes);
  if (level < 0) {
    const firstLeaf = position.path << BigInt(-4 * level);
    return { kind: firstLeaf < leaves ? "inner" : "padding", ...nowhere };
  }
  const leaf = position.path >> BigInt(4 * level);
  if (leaf >= leaves) return { kind: "padding", ...nowhere };
  const path = position.path - (leaf << BigInt(4 * level));
  return placeInTensor(shape, { step: Number(leaf % slots), pass: Number(leaf / slots) }, level, path);
}

function placeInTensor(
  shape: TreeShape,
  made: { readonly step: number; readonly pass: number },
  level: number,
  path: bigint,
): Place {
  const byteLength = shape.byteLength(made.step);
  const tiles = BigInt(tileCount(byteLength));
  const depth = treeDepth(Number(tiles));
  if (level > depth || path << BigInt(4 * (depth - level)) >= tiles) return { kind: "padding", ...made };
  if (level < depth) return { kind: "inner", ...made };
  const tile = Number(path);
  return { kind: "tile", ...made, tile, length: tileLength(byteLength, tile) };
}
