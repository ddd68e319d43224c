// Inputs that somebody asked to see on the chain; mirrors contracts/types/InputRequest.sol.
import type { Address } from "viem";
import type { InputStatus } from "./enums.ts";
import type { Hex } from "./hash.ts";
import { ARITY, byteTree, type MerkleTree, TILE_BYTES } from "./merkle.ts";

/** An input that was asked for, under the id of the claimed request or of the commitment. */
export interface InputRequest {
  asker: Address;
  /** Stake-token units. */
  bond: bigint;
  inputRoot: Hex;
  /** Of the commitment; the zero address where a claimed request waits. */
  source: Address;
  /** Of the last chunk; unix seconds. */
  deadline: bigint;
  status: InputStatus;
  /** Chunks so far. */
  posted: number;
  /** Of the whole input. */
  inputBytes: number;
}

/** An input is posted in chunks of this many bytes; the last may be shorter. */
export const CHUNK_BYTES = ARITY * TILE_BYTES;

export const chunkCount = (inputBytes: number): number => Math.ceil(inputBytes / CHUNK_BYTES);

/** Consecutive chunks of an input with what proves them. */
export interface InputChunks {
  firstChunk: number;
  data: Uint8Array;
  /** For each chunk, its siblings up to the input's root, bottom to top, 15 a level. */
  path: Hex[];
}

/** The chunks of `input` from number `firstChunk` on, at most `count`. */
export function inputChunks(input: Uint8Array, firstChunk: number, count: number): InputChunks {
  const tree = byteTree(input);
  const end = Math.min(chunkCount(input.length), firstChunk + count);
  const path: Hex[] = [];
  for (let chunk = firstChunk; chunk < end; chunk++) path.push(...chunkPath(tree, chunk));
  return { firstChunk, data: input.subarray(firstChunk * CHUNK_BYTES, end * CHUNK_BYTES), path };
}

/** A chunk of several tiles is the node above them, one of a single tile is that tile: its siblings from there up. */
function chunkPath(tree: MerkleTree, chunk: number): Hex[] {
  const tiles = Math.min(ARITY, tree.leafCount - chunk * ARITY);
  return tree.path(chunk * ARITY).slice(tiles > 1 ? ARITY - 1 : 0);
}
