// Builds the proof about one element of one tile, with exactly the tiles that the element reads.
import { BaseError } from "../errors.ts";
import {
  bytesToHex,
  EMPTY,
  type Hex,
  lastChoice,
  leafPosition,
  type MerkleTree,
  type OperandOpening,
  type Position,
  parent,
  type StepProof,
  TILE_BYTES,
  tileLength,
} from "../protocol/index.ts";
import { dataFromBytes, WIDTH } from "./dtype.ts";
import { operandPass } from "./iteration.ts";
import type { Read, Run } from "./ops/definition.ts";
import { operators } from "./ops/index.ts";
import { stepAt } from "./program.ts";
import { byteLength, layoutBytes, valueAt } from "./tensor.ts";
import { elementOfTile, tilesOf } from "./tiles.ts";
import type { Revealed, Trace } from "./trace.ts";
import type { Operand, Step } from "./types.ts";

/** Where a dispute stands, below which roots, and what was revealed. */
export interface Descent {
  readonly position: Position;
  /** The trace root that the worker is bound to. */
  readonly traceRoot: Hex;
  /** The output root that the worker committed to. */
  readonly outputRoot: Hex;
  /** The passes that the worker committed to. */
  readonly passes: number;
  /** What was revealed of a node, by anyone in any dispute on the commitment; of the trace root by the bind. */
  revealed(node: Hex): Revealed | undefined;
}

/** The worker's node at the position of a descent, and the children that it revealed on the way, from the root down. */
export function wayDown({ position, traceRoot, outputRoot, revealed }: Descent): {
  node: Hex;
  children: readonly (readonly Hex[])[];
} {
  const children: (readonly Hex[])[] = [];
  let node = position.section === "trace" ? traceRoot : outputRoot;
  for (let level = 1; level <= position.depth; level++) {
    const content = revealed(node);
    if (content?.kind !== "inner") {
      throw new BaseError("A node on the way to the position was not revealed.", { facts: { node, level } });
    }
    children.push(content.children);
    node = content.children[Number((position.path >> BigInt(4 * (position.depth - level))) & 15n)]!;
  }
  return { node, children };
}

/**
 * The path from trace leaf `leaf`, left of the disputed one, to the worker's trace root. Beside the way down stand the hashes
 * that the worker has revealed; everything below them and to the left is common knowledge.
 */
function tracePath(trace: Trace, descent: Descent, leaf: number): Hex[] {
  const { section, depth, path } = descent.position;
  const revealed = section === "trace" ? wayDown(descent).children : [];
  const siblings: Hex[] = [];
  let own = leafPosition(leaf, trace.depth);
  for (let above = parent(own); above; above = parent(own)) {
    const onTheWay = path >> BigInt(4 * (depth - above.depth)) === above.path;
    const children = (onTheWay && revealed[above.depth]) || trace.children(above);
    siblings.push(...children.toSpliced(lastChoice(own), 1));
    own = above;
  }
  return siblings;
}

function openTiles(
  tiles: readonly number[],
  tree: MerkleTree,
  read: (start: number, end: number) => Uint8Array,
  length: number,
) {
  return tiles.map((index) => {
    const start = index * TILE_BYTES;
    const data = bytesToHex(read(start, start + tileLength(length, index)));
    return { index, data, path: tree.path(index) };
  });
}

/** Element `index` of an operand; of a slot, in that pass. */
function operandValue(trace: Trace, { source, type }: Operand, pass: number, index: number): bigint {
  if (source.kind === "slot") return valueAt(trace.tensorOf(source.index, pass).data, index);
  if (source.kind === "constant")
    return valueAt(trace.committed.program.constants[source.index]!.data, index);
  const width = WIDTH[type.dtype];
  const start = source.offset + index * width;
  return valueAt(dataFromBytes(type.dtype, trace.input.subarray(start, start + width)), 0);
}

/** Opens what an element reads of an operand; of a slot, in that pass. */
function openOperand(
  trace: Trace,
  descent: Descent,
  { source, type }: Operand,
  runs: readonly Run[],
  pass: number,
): OperandOpening {
  if (runs.length === 0) return { rootPath: [], tiles: [] };
  const { committed, input } = trace;
  if (source.kind === "input") {
    const tiles = tilesOf(type, runs, source.offset);
    return {
      rootPath: [],
      tiles: openTiles(tiles, trace.inputTree, (start, end) => input.subarray(start, end), input.length),
    };
  }
  const isSlot = source.kind === "slot";
  const tensor = isSlot ? trace.tensorOf(source.index, pass) : committed.program.constants[source.index]!;
  const tree = isSlot ? trace.treeOf(source.index, pass) : committed.tensorTrees[source.index]!;
  const leaf = pass * trace.shape.slots + source.index;
  const read = (start: number, end: number): Uint8Array => layoutBytes(tensor, start, end);
  return {
    rootPath: isSlot ? tracePath(trace, descent, leaf) : committed.constantTree.path(source.index),
    tiles: openTiles(tilesOf(type, runs), tree, read, byteLength(type)),
  };
}

const NO_TILE: StepProof = { descriptor: "0x", descriptorPath: [], tile: "0x", element: 0, operands: [] };

/** The descriptor of step `index` and its path. */
function openDescriptor(trace: Trace, index: number): Pick<StepProof, "descriptor" | "descriptorPath"> {
  const { descriptors, descriptorTree } = trace.committed;
  return { descriptor: bytesToHex(descriptors[index]!), descriptorPath: descriptorTree.path(index) };
}

/** The proof that the node itself is out of place: the worker has there what the shape of the trees excludes. */
export function proveMisplaced(trace: Trace, descent: Descent): StepProof {
  const { step } = trace.placeOf(descent.position, descent.passes);
  if (step === undefined) return NO_TILE;
  const revealed = descent.revealed(wayDown(descent).node);
  const tile = revealed?.kind === "tile" ? bytesToHex(revealed.tile) : "0x";
  return { ...NO_TILE, ...openDescriptor(trace, step), tile };
}

/** The proof about element `element` of the tile that the worker has revealed at the position. */
export function proveStep(trace: Trace, descent: Descent, element: number): StepProof {
  const place = trace.placeOf(descent.position, descent.passes);
  const revealed = descent.revealed(wayDown(descent).node);
  if (place.kind !== "tile" || revealed?.kind !== "tile") {
    throw new BaseError("No tile was revealed at the position.", { facts: { ...descent.position } });
  }
  const step: Step = stepAt(trace.committed.program, place.step);
  const index = elementOfTile(step.out, place.tile, element);
  const passOf = (operand: number): number => operandPass(step, operand, place.pass);
  const read: Read = (operand, at) => operandValue(trace, step.operands[operand]!, passOf(operand), at);
  const pass = { number: place.pass, most: trace.shape.maxPasses };
  const runs = operators[step.op].reads(step, index, read, pass);
  return {
    ...openDescriptor(trace, place.step),
    tile: bytesToHex(revealed.tile),
    element,
    operands: step.operands.map((operand, number) =>
      openOperand(trace, descent, operand, runs[number]!, passOf(number)),
    ),
  };
}

/** Whether the worker's node cannot stand at the position, whatever it holds. `EMPTY` and non-`EMPTY` need no reveal. */
export function isMisplaced(trace: Trace, descent: Descent): boolean {
  const place = trace.placeOf(descent.position, descent.passes);
  const { node } = wayDown(descent);
  if (place.kind === "padding") return node !== EMPTY;
  if (node === EMPTY) return true;
  const content = descent.revealed(node);
  if (!content) return false;
  if (content.kind !== place.kind) return true;
  return content.kind === "tile" && place.kind === "tile" && content.tile.length !== place.length;
}
