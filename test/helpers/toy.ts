// Programs and traces of the toy machine that contracts/mocks/StepVerifierMock.sol judges.
import {
  bytesToHex,
  byteTree,
  descriptorHash,
  type Hex,
  MerkleTree,
  type ProgramHeader,
  traceDepth,
} from "@assay/sdk/protocol";

/** A toy descriptor: the rule that it breaks, the slot that its operand reads, its type. */
export const descriptor = (rule = 0, operand = 0, type = 1): Uint8Array => Uint8Array.of(rule, operand, type);

export interface ToyProgram {
  header: ProgramHeader;
  descriptors: Uint8Array[];
  input: Uint8Array;
}

export interface ToyProgramOptions {
  slots?: number;
  outputBytes?: number;
  /** Replaces descriptors by number. */
  descriptors?: Record<number, Uint8Array>;
}

export function toyProgram(options: ToyProgramOptions = {}): ToyProgram {
  const { slots = 20, outputBytes = 16 } = options;
  const input = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const descriptors = Array.from(
    { length: slots + 1 },
    (_, index) => options.descriptors?.[index] ?? descriptor(),
  );
  const header = {
    operatorSet: 1,
    slots,
    constants: 0,
    maxPasses: 1,
    inputBytes: input.length,
    outputBytes,
    tensorDepth: byteTree(new Uint8Array(outputBytes)).depth,
  };
  return { header, descriptors, input };
}

export const descriptorTree = ({ descriptors }: ToyProgram): MerkleTree =>
  MerkleTree.fromHashes(descriptors.map(descriptorHash));

export interface Lies {
  /** The slot that holds a wrong first byte. */
  slot?: number;
  /** The output byte that is wrong. */
  output?: number;
  /** The padding leaf that holds data. */
  padding?: number;
}

/** What a worker of the toy machine computes, or claims to have computed. */
export class ToyTrace {
  readonly depth: number;
  readonly tree: MerkleTree;
  readonly output: Uint8Array;
  readonly outputTree: MerkleTree;
  readonly #tiles: Uint8Array[];

  constructor({ header }: ToyProgram, lies: Lies = {}, tileBytes = 8) {
    const { slots, outputBytes } = header;
    this.depth = traceDepth(slots, 1);
    const leaves = Math.max(slots, (lies.padding ?? -1) + 1);
    this.#tiles = Array.from({ length: leaves }, (_, slot) => {
      const tile = new Uint8Array(slot < slots || slot === lies.padding ? tileBytes : 0).fill(slot);
      if (slot === lies.slot) tile[0] = slot + 1;
      return tile;
    });
    this.tree = MerkleTree.fromHashes(
      this.#tiles.map((tile) => byteTree(tile).root),
      this.depth,
    );
    this.output = new Uint8Array(outputBytes).fill(slots);
    if (lies.output !== undefined) this.output[lies.output] = slots + 1;
    this.outputTree = byteTree(this.output);
  }

  get root(): Hex {
    return this.tree.root;
  }

  tile(slot: number): Hex {
    return bytesToHex(this.#tiles[slot] ?? new Uint8Array());
  }

  /** The path to leaf `slot` as the choices made on the way. */
  choices(slot: number): number[] {
    return Array.from({ length: this.depth }, (_, level) => (slot >> (4 * (this.depth - 1 - level))) & 15);
  }
}

export const stepProof = (tile: Hex, element = 0) => ({
  descriptor: "0x",
  descriptorPath: [],
  tile,
  element,
  operands: [],
});
