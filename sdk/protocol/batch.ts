// The Merkle tree over the commitments that one transaction published: binary, of sorted pairs, as OpenZeppelin checks it.
import { concat, keccak256 } from "viem/utils";
import { BaseError } from "../errors.ts";
import type { Hex } from "./hash.ts";

/** Commitments that one batch holds at most. */
export const BATCH_SIZE = 64;

/** Thrown when a batch is empty, or has no leaf of a number. */
export class BatchError extends BaseError {
  override name = "BatchError";
}

const pairHash = (one: Hex, other: Hex): Hex =>
  keccak256(BigInt(one) < BigInt(other) ? concat([one, other]) : concat([other, one]));

/** A tree whose leaves are hashes already. A node without a neighbour is carried up unchanged. */
export class BatchTree {
  readonly #levels: Hex[][];

  constructor(commitIds: readonly Hex[]) {
    if (commitIds.length === 0) throw new BatchError("A batch holds at least one commitment.");
    this.#levels = [[...commitIds]];
    for (let level = this.#levels[0]!; level.length > 1; this.#levels.push(level)) level = parents(level);
  }

  get root(): Hex {
    return this.#levels.at(-1)![0]!;
  }

  /** The siblings of leaf `index`, bottom to top. */
  proof(index: number): Hex[] {
    const [leaves] = this.#levels;
    if (leaves?.[index] === undefined)
      throw new BatchError("The batch has no such commitment.", { facts: { index, size: leaves?.length } });
    return this.#levels.flatMap((level, height) => level[(index >> height) ^ 1] ?? []);
  }
}

/** The root to which a commitment leads by its proof. */
export const batchRootOf = (commitId: Hex, proof: readonly Hex[]): Hex => proof.reduce(pairHash, commitId);

function parents(level: readonly Hex[]): Hex[] {
  const above: Hex[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [one, other] = [level[at]!, level[at + 1]];
    above.push(other === undefined ? one : pairHash(one, other));
  }
  return above;
}
