// One execution as hashed trees: what a worker is bound to and a challenger descends. Hashed on demand.
import {
  below,
  byteTree,
  EMPTY,
  type Hex,
  leafIndex,
  MerkleTree,
  type Position,
  TILE_BYTES,
  TRACE_ROOT,
  tensorLevel,
  tileIndex,
  traceDepth,
} from "../protocol/index.ts";
import { collectOutput } from "./execute.ts";
import { type Place, placeOf, type TreeShape } from "./place.ts";
import { type CommittedProgram, collectStep } from "./program.ts";
import { byteLength, layoutBytes, tensorTree } from "./tensor.ts";
import type { Tensor } from "./types.ts";

/** What is revealed of a node: its children or its bytes. */
export type Revealed =
  | { readonly kind: "inner"; readonly children: readonly Hex[] }
  | { readonly kind: "tile"; readonly tile: Uint8Array };

const PASSES = 1;

export class Trace {
  readonly committed: CommittedProgram;
  readonly input: Uint8Array;
  /** The tensors that the steps made, in order. */
  readonly slots: readonly Tensor[];
  readonly output: Uint8Array;
  readonly depth: number;
  readonly shape: TreeShape;
  readonly #trees: (MerkleTree | undefined)[] = [];
  #traceTree: MerkleTree | undefined;
  #inputTree: MerkleTree | undefined;

  constructor(committed: CommittedProgram, input: Uint8Array, slots: readonly Tensor[], output: Uint8Array) {
    const { header, program } = committed;
    this.committed = committed;
    this.input = input;
    this.slots = slots;
    this.output = output;
    this.depth = traceDepth(header.slots, header.maxPasses);
    this.shape = {
      slots: header.slots,
      maxPasses: header.maxPasses,
      passes: PASSES,
      byteLength: (step) =>
        step === header.slots ? header.outputBytes : byteLength(program.steps[step]!.out),
    };
  }

  get inputRoot(): Hex {
    return this.inputTree.root;
  }

  get traceRoot(): Hex {
    return this.traceTree.root;
  }

  get outputRoot(): Hex {
    return this.treeOf(this.slots.length).root;
  }

  get inputTree(): MerkleTree {
    this.#inputTree ??= byteTree(this.input);
    return this.#inputTree;
  }

  get traceTree(): MerkleTree {
    this.#traceTree ??= MerkleTree.fromHashes(
      this.slots.map((_, slot) => this.treeOf(slot).root),
      this.depth,
    );
    return this.#traceTree;
  }

  /** The tree over the tiles of what step `index` made; `slots.length` is the output. */
  treeOf(index: number): MerkleTree {
    this.#trees[index] ??=
      index === this.slots.length ? byteTree(this.output) : tensorTree(this.slots[index]!);
    return this.#trees[index];
  }

  /** The tensor that step `index` made; `slots.length` is the output bytes. */
  tensorOf(index: number): Tensor {
    return index === this.slots.length
      ? { type: collectStep(this.committed.program).out, data: this.output }
      : this.slots[index]!;
  }

  /** What the rules of the trees put at a position. */
  placeOf(position: Position): Place {
    return placeOf(this.shape, position);
  }

  /** What kind of node that is. */
  expected(position: Position): Place["kind"] {
    return this.placeOf(position).kind;
  }

  /** The hash at a position. */
  node(position: Position): Hex {
    const level = tensorLevel(position, this.depth);
    if (level < 0) return this.traceTree.node(position.depth, Number(position.path));
    const leaf = leafIndex(position, this.depth);
    if (leaf !== undefined && leaf >= this.slots.length) return EMPTY;
    const tree = this.treeOf(leaf === undefined ? this.slots.length : Number(leaf));
    return level > tree.depth ? EMPTY : tree.node(level, Number(tileIndex(position, this.depth)));
  }

  /** The 16 hashes below a position. */
  children(position: Position): Hex[] {
    return Array.from({ length: 16 }, (_, index) => this.node(below(position, 1, index)));
  }

  /** The children of the trace root: what the worker binds itself to. */
  get boundChildren(): Hex[] {
    return this.children(TRACE_ROOT);
  }

  /** The bytes of one tile of what step `index` made. */
  tileBytes(index: number, tile: number): Uint8Array {
    const start = tile * TILE_BYTES;
    const end = Math.min(start + TILE_BYTES, this.shape.byteLength(index));
    return layoutBytes(this.tensorOf(index), start, end);
  }

  /** What a worker reveals of the node at a position; undefined at padding, of which nothing can be revealed. */
  reveal(position: Position): Revealed | undefined {
    const place = this.placeOf(position);
    if (place.kind === "padding") return undefined;
    if (place.kind === "inner") return { kind: "inner", children: this.children(position) };
    return { kind: "tile", tile: this.tileBytes(place.step, place.tile) };
  }
}

/** The trees over one execution. Keeps the tensors, hashes each when it is first asked for. */
export const createTrace = (
  committed: CommittedProgram,
  input: Uint8Array,
  slots: readonly Tensor[],
  output: Uint8Array = collectOutput(committed.program, slots),
): Trace => new Trace(committed, input, slots, output);
