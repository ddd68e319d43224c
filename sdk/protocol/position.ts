// Places of nodes below a committed root, and the moves between them.
import type { Section } from "./enums.ts";
import { ARITY, treeDepth } from "./merkle.ts";

/** `path` packs the chosen child numbers, four bits each, the first choice most significant. */
export interface Position {
  section: Section;
  depth: number;
  path: bigint;
}

/** More choices than 16 do not fit a path. */
export const MAX_DEPTH = 16;

export const TRACE_ROOT: Position = { section: "trace", depth: 0, path: 0n };
export const OUTPUT_ROOT: Position = { section: "output", depth: 0, path: 0n };

/** Depth of the trace tree: choices from the trace root to a tensor root. */
export const traceDepth = (slots: number, maxPasses: number): number =>
  Math.max(1, treeDepth(slots * maxPasses));

/** The position of child `index` of the node at `position`. */
export function child(position: Position, index: number): Position {
  if (!Number.isInteger(index) || index < 0 || index >= ARITY || position.depth >= MAX_DEPTH) {
    throw new RangeError(`There is no child ${index} below depth ${position.depth}`);
  }
  return { section: position.section, depth: position.depth + 1, path: position.path * 16n + BigInt(index) };
}

/** The position above, or undefined at a root. */
export const parent = (position: Position): Position | undefined =>
  position.depth === 0 ? undefined : { ...position, depth: position.depth - 1, path: position.path >> 4n };

/** The number of the child that the last choice took. */
export const lastChoice = (position: Position): number => Number(position.path & 15n);

/** Depth below the tensor root; negative inside the trace tree above the leaves. */
export const tensorLevel = (position: Position, traceDepth: number): number =>
  position.section === "output" ? position.depth : position.depth - traceDepth;

/** The trace leaf at or above the position. Undefined in the output and above the leaves. */
export function leafIndex(position: Position, traceDepth: number): bigint | undefined {
  const level = tensorLevel(position, traceDepth);
  if (position.section === "output" || level < 0) return undefined;
  return position.path >> BigInt(4 * level);
}

/** The path below the tensor root; the tile's number where the position is a tile. Undefined above the leaves. */
export function tileIndex(position: Position, traceDepth: number): bigint | undefined {
  const level = tensorLevel(position, traceDepth);
  if (position.section === "output") return position.path;
  return level < 0 ? undefined : position.path & ((1n << BigInt(4 * level)) - 1n);
}

/** The position of a tensor root in the trace. */
export const leafPosition = (leaf: number, traceDepth: number): Position => ({
  section: "trace",
  depth: traceDepth,
  path: BigInt(leaf),
});

/** The position `depth` choices below `position`, at number `path` from the left. */
export const below = (position: Position, depth: number, path: number): Position => ({
  section: position.section,
  depth: position.depth + depth,
  path: (position.path << BigInt(4 * depth)) | BigInt(path),
});
