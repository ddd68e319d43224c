// The one kind of tree of the protocol: 16-ary, of fixed depth, over hashes of tiles, descriptors or tensor roots.
import { BaseError } from "../errors.ts";
import { bytesToHex, type Hex, hexToBytes, sha256 } from "./hash.ts";

export const TILE_BYTES = 1024;
export const ARITY = 16;
export const EMPTY: Hex = `0x${"00".repeat(32)}`;

const HASH_BYTES = 32;
const TILE_DOMAIN = 0;
const NODE_DOMAIN = 1;
const DESCRIPTOR_DOMAIN = 2;

/** Thrown when bytes or paths have a size that no tree has. */
export class TreeError extends BaseError {
  override name = "TreeError";
}

const tileScratch = new Uint8Array(1 + TILE_BYTES);
const nodeScratch = new Uint8Array(1 + ARITY * HASH_BYTES);

function hashTile(tile: Uint8Array): Uint8Array {
  const bytes = tile.length <= TILE_BYTES ? tileScratch : new Uint8Array(1 + tile.length);
  bytes[0] = TILE_DOMAIN;
  bytes.set(tile, 1);
  return sha256(bytes.subarray(0, 1 + tile.length));
}

function hashScratchNode(): Uint8Array {
  nodeScratch[0] = NODE_DOMAIN;
  return sha256(nodeScratch);
}

/** Hash of one tile with its exact bytes. A tile has 1 to 1024 of them; the caller bounds the length. */
export const tileHash = (tile: Uint8Array): Hex => bytesToHex(hashTile(tile));

/** Hash of a node by its 16 children; absent ones are `EMPTY`. */
export function nodeHash(children: readonly Hex[]): Hex {
  if (children.length !== ARITY) {
    throw new TreeError("A node has 16 children.", { facts: { given: children.length } });
  }
  children.forEach((child, index) => {
    nodeScratch.set(hexToBytes(child, { size: HASH_BYTES }), 1 + index * HASH_BYTES);
  });
  return bytesToHex(hashScratchNode());
}

/** Hash of the canonical bytes of one descriptor. */
export function descriptorHash(descriptor: Uint8Array): Hex {
  const bytes = new Uint8Array(1 + descriptor.length);
  bytes[0] = DESCRIPTOR_DOMAIN;
  bytes.set(descriptor, 1);
  return bytesToHex(sha256(bytes));
}

/** The least depth whose tree holds `leafCount` leaves. */
export function treeDepth(leafCount: number): number {
  let depth = 0;
  for (let capacity = 1; capacity < leafCount; capacity *= ARITY) depth++;
  return depth;
}

export const tileCount = (byteLength: number): number => Math.ceil(byteLength / TILE_BYTES);

/** Exact length of tile `index` of `byteLength` bytes; zero where there is no tile. */
export const tileLength = (byteLength: number, index: number): number =>
  Math.max(0, Math.min(TILE_BYTES, byteLength - index * TILE_BYTES));

/** A tree over leaf hashes, kept whole. Subtrees without leaves are `EMPTY` and never hashed. */
export class MerkleTree {
  readonly depth: number;
  readonly leafCount: number;
  /** Hashes side by side; `#levels[0]` are the leaves, the last level is the root. */
  readonly #levels: Uint8Array[];

  /** @param leaves the leaf hashes side by side, 32 bytes each */
  constructor(leaves: Uint8Array, depth: number) {
    this.depth = depth;
    this.leafCount = leaves.length / HASH_BYTES;
    if (!Number.isInteger(this.leafCount) || treeDepth(this.leafCount) > depth) {
      throw new TreeError("The leaves do not fit the tree.", { facts: { bytes: leaves.length, depth } });
    }
    this.#levels = [leaves];
    for (let level = 0; level < depth; level++) this.#levels.push(parents(this.#levels[level]!));
  }

  static fromHashes(leaves: readonly Hex[], depth = treeDepth(leaves.length)): MerkleTree {
    const bytes = new Uint8Array(leaves.length * HASH_BYTES);
    leaves.forEach((leaf, index) => {
      bytes.set(hexToBytes(leaf, { size: HASH_BYTES }), index * HASH_BYTES);
    });
    return new MerkleTree(bytes, depth);
  }

  get root(): Hex {
    return this.node(0, 0);
  }

  /** The hash at `depth` below the root; `path` is the number of the node at that depth, from the left. */
  node(depth: number, path: number): Hex {
    if (depth < 0 || depth > this.depth || path < 0 || path >= ARITY ** depth) {
      throw new TreeError("The tree has no such node.", { facts: { depth, path, treeDepth: this.depth } });
    }
    return this.#hash(depth, path);
  }

  /** The 16 children of an inner node. */
  children(depth: number, path: number): Hex[] {
    if (depth >= this.depth) {
      throw new TreeError("A leaf has no children.", { facts: { depth, path, treeDepth: this.depth } });
    }
    return Array.from({ length: ARITY }, (_, child) => this.node(depth + 1, path * ARITY + child));
  }

  /** The siblings of leaf `index`, bottom to top, 15 a level, in child order. */
  path(index: number): Hex[] {
    if (!Number.isInteger(index) || index < 0 || index >= ARITY ** this.depth) {
      throw new TreeError("The tree has no such leaf.", { facts: { index, treeDepth: this.depth } });
    }
    const siblings: Hex[] = [];
    for (let depth = this.depth, own = index; depth > 0; depth--, own = Math.floor(own / ARITY)) {
      const first = own - (own % ARITY);
      for (let node = first; node < first + ARITY; node++) {
        if (node !== own) siblings.push(this.#hash(depth, node));
      }
    }
    return siblings;
  }

  #hash(depth: number, path: number): Hex {
    const level = this.#levels[this.depth - depth]!;
    const start = path * HASH_BYTES;
    return start < level.length ? bytesToHex(level.subarray(start, start + HASH_BYTES)) : EMPTY;
  }
}

function parents(hashes: Uint8Array): Uint8Array {
  const width = ARITY * HASH_BYTES;
  const count = Math.ceil(hashes.length / width);
  const result = new Uint8Array(count * HASH_BYTES);
  for (let node = 0; node < count; node++) {
    const children = hashes.subarray(node * width, (node + 1) * width);
    if (isEmpty(children)) continue;
    nodeScratch.set(children, 1);
    nodeScratch.fill(0, 1 + children.length);
    result.set(hashScratchNode(), node * HASH_BYTES);
  }
  return result;
}

function isEmpty(hashes: Uint8Array): boolean {
  for (const byte of hashes) if (byte !== 0) return false;
  return true;
}

/** The tree over the tiles of `bytes`. The bytes are read once and not kept. */
export const byteTree = (bytes: Uint8Array): MerkleTree => pieceTree(bytes.length, [bytes]);

/** The tree over the tiles of `byteLength` bytes that come in pieces; each but the last is a whole number of tiles. */
export function pieceTree(byteLength: number, pieces: Iterable<Uint8Array>): MerkleTree {
  const count = tileCount(byteLength);
  const leaves = new Uint8Array(count * HASH_BYTES);
  let tile = 0;
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += TILE_BYTES) {
      leaves.set(hashTile(piece.subarray(start, start + TILE_BYTES)), HASH_BYTES * tile++);
    }
  }
  if (tile !== count)
    throw new TreeError("The pieces are not the bytes.", { facts: { byteLength, tiles: tile } });
  return new MerkleTree(leaves, treeDepth(count));
}

/** The root over the tiles of `bytes`. */
export const byteRoot = (bytes: Uint8Array): Hex => byteTree(bytes).root;

/** The root to which `leaf`, a real one, leads from `index` by `path`, whose length fixes the depth of the tree. */
export function rootFromPath(leaf: Hex, index: number, path: readonly Hex[]): Hex {
  const depth = path.length / (ARITY - 1);
  if (!Number.isInteger(depth) || !Number.isInteger(index) || index < 0 || index >= ARITY ** depth) {
    throw new TreeError("The path fits no leaf of that number.", { facts: { index, length: path.length } });
  }
  let hash = leaf;
  for (let level = 0, own = index; level < depth; level++, own = Math.floor(own / ARITY)) {
    const siblings = path.slice(level * (ARITY - 1), (level + 1) * (ARITY - 1));
    hash = nodeHash(siblings.toSpliced(own % ARITY, 0, hash));
  }
  return hash;
}
