// One execution as hashed trees: what a worker is bound to and a challenger descends.
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
import { type HeldPasses, holdPasses } from "./passes.ts";
import { type Place, placeOf, type TreeShape } from "./place.ts";
import { type CommittedProgram, collectStep } from "./program.ts";
import { byteLength, layoutBytes, tensorTree } from "./tensor.ts";
import type { Tensor } from "./types.ts";

/** What is revealed of a node: its children or its bytes. */
export type Revealed =
  | { readonly kind: "inner"; readonly children: readonly Hex[] }
  | { readonly kind: "tile"; readonly tile: Uint8Array };

/** What a trace is made of. */
export interface TraceParts {
  readonly passes: HeldPasses;
  readonly output: Uint8Array;
  /** The roots of all tensors, 32 bytes each, pass after pass; hashed on demand when left out. */
  readonly roots?: Uint8Array;
}

/**
 * Tensors are numbered by the step that made them, `header.slots` being the output. Whatever needs the tensors of a pass throws
 * `PassNotAtHandError` while they are not in memory: `await trace.load(pass)`, then ask again. Roots are always at hand.
 */
export class Trace {
  readonly committed: CommittedProgram;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Passes that were run. */
  readonly passes: number;
  readonly depth: number;
  readonly shape: TreeShape;
  readonly #held: HeldPasses;
  readonly #roots: Uint8Array | undefined;
  /** They go when their tensors go. */
  readonly #trees = new WeakMap<Tensor, MerkleTree>();
  #traceTree: MerkleTree | undefined;
  #inputTree: MerkleTree | undefined;
  #outputTree: MerkleTree | undefined;

  constructor(committed: CommittedProgram, input: Uint8Array, { passes, output, roots }: TraceParts) {
    const { header, program } = committed;
    this.committed = committed;
    this.input = input;
    this.output = output;
    this.passes = passes.count;
    this.depth = traceDepth(header.slots, header.maxPasses);
    this.shape = {
      slots: header.slots,
      maxPasses: header.maxPasses,
      passes: passes.count,
      byteLength: (step) =>
        step === header.slots ? header.outputBytes : byteLength(program.steps[step]!.out),
    };
    this.#held = passes;
    this.#roots = roots;
  }

  get inputRoot(): Hex {
    return this.inputTree.root;
  }

  get traceRoot(): Hex {
    return this.traceTree.root;
  }

  get outputRoot(): Hex {
    return this.#output.root;
  }

  get inputTree(): MerkleTree {
    this.#inputTree ??= byteTree(this.input);
    return this.#inputTree;
  }

  get traceTree(): MerkleTree {
    this.#traceTree ??=
      this.#roots === undefined
        ? MerkleTree.fromHashes(this.#hashAll(), this.depth)
        : new MerkleTree(this.#roots, this.depth);
    return this.#traceTree;
  }

  get #output(): MerkleTree {
    this.#outputTree ??= byteTree(this.output);
    return this.#outputTree;
  }

  #hashAll(): Hex[] {
    const slots = this.committed.program.steps.map((_, slot) => slot);
    const passes = Array.from({ length: this.passes }, (_, pass) => pass);
    return passes.flatMap((pass) => slots.map((slot) => this.treeOf(slot, pass).root));
  }

  /** Brings the tensors of a pass into memory, by computing the pass again. Others may have to go. */
  load(pass: number): Promise<void> {
    return this.#held.load(pass);
  }

  /** The tensors that the steps made in a pass, in order. */
  slotsOf(pass = 0): readonly Tensor[] {
    return this.#held.slots(pass);
  }

  /** The tree over the tiles of what step `index` made in a pass. */
  treeOf(index: number, pass = 0): MerkleTree {
    if (index === this.shape.slots) return this.#output;
    const tensor = this.slotsOf(pass)[index]!;
    const tree = this.#trees.get(tensor) ?? tensorTree(tensor);
    this.#trees.set(tensor, tree);
    return tree;
  }

  /** The tensor that step `index` made in a pass. */
  tensorOf(index: number, pass = 0): Tensor {
    return index === this.shape.slots
      ? { type: collectStep(this.committed.program).out, data: this.output }
      : this.slotsOf(pass)[index]!;
  }

  /** What the rules of the trees put at a position; where a worker claims another number of passes, in its trees. */
  placeOf(position: Position, passes = this.passes): Place {
    return placeOf({ ...this.shape, passes }, position);
  }

  /** What kind of node that is. */
  expected(position: Position): Place["kind"] {
    return this.placeOf(position).kind;
  }

  /** The hash at a position. */
  node(position: Position): Hex {
    const level = tensorLevel(position, this.depth);
    const tile = tileIndex(position, this.depth);
    if (position.section === "output") return nodeIn(this.#output, level, tile);
    if (level <= 0) return this.traceTree.node(position.depth, Number(position.path));
    const { slots, passes } = this.shape;
    const leaf = Number(leafIndex(position, this.depth));
    if (leaf >= slots * passes) return EMPTY;
    return nodeIn(this.treeOf(leaf % slots, Math.floor(leaf / slots)), level, tile);
  }

  /** The 16 hashes below a position. */
  children(position: Position): Hex[] {
    return Array.from({ length: 16 }, (_, index) => this.node(below(position, 1, index)));
  }

  /** The children of the trace root: what the worker binds itself to. */
  get boundChildren(): Hex[] {
    return this.children(TRACE_ROOT);
  }

  /** The bytes of one tile of what step `index` made in a pass. */
  tileBytes(index: number, tile: number, pass = 0): Uint8Array {
    const start = tile * TILE_BYTES;
    const end = Math.min(start + TILE_BYTES, this.shape.byteLength(index));
    return layoutBytes(this.tensorOf(index, pass), start, end);
  }

  /** What a worker reveals of the node at a position; undefined at padding, of which nothing can be revealed. */
  reveal(position: Position): Revealed | undefined {
    const place = this.placeOf(position);
    if (place.kind === "padding") return undefined;
    if (place.kind === "inner") return { kind: "inner", children: this.children(position) };
    return { kind: "tile", tile: this.tileBytes(place.step, place.tile, place.pass) };
  }
}

const nodeIn = (tree: MerkleTree, level: number, path: bigint | undefined): Hex =>
  level > tree.depth ? EMPTY : tree.node(level, Number(path));

/**
 * The trees over an execution whose tensors are all at hand: the slots of its only pass, or of each of its passes. Hashes each
 * tensor when it is first asked for.
 */
export function createTrace(
  committed: CommittedProgram,
  input: Uint8Array,
  slots: readonly Tensor[] | readonly (readonly Tensor[])[],
  output?: Uint8Array,
): Trace {
  const passes = isNested(slots) ? slots : [slots];
  return new Trace(committed, input, {
    passes: holdPasses(passes),
    output: output ?? collectOutput(committed.program, passes.at(-1)!),
  });
}

const isNested = (
  slots: readonly Tensor[] | readonly (readonly Tensor[])[],
): slots is readonly (readonly Tensor[])[] => Array.isArray(slots[0]);
