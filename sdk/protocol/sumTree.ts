// Epochs: the trees over a worker's receipts, and what is asked about them; mirrors contracts/types/Receipt.sol. Twin of
// SumTreeLib.sol.
import type { Address } from "viem";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import type { DemandStatus } from "./enums.ts";
import type { Hex } from "./hash.ts";
import { EMPTY, TreeError } from "./merkle.ts";

const ENTRY_DOMAIN = keccak256(stringToBytes("assay.epoch.entry"));
const RECEIPT_DOMAIN = keccak256(stringToBytes("assay.epoch.receipt"));
const DEMAND_DOMAIN = keccak256(stringToBytes("assay.demand"));
const EPOCHS_PER_CHALLENGE_TIME = 4n;

/** What one worker posted for one epoch. */
export interface Epoch {
  root: Hex;
  /** Unix seconds; zero until posted. */
  postedAt: bigint;
  count: number;
}

/** One channel in an epoch's tree. */
export interface Entry {
  channelId: Hex;
  /** Root of the Merkle-sum tree over the channel's receipts of the epoch. */
  receiptsRoot: Hex;
  /** Of their liabilities. */
  sum: bigint;
  count: number;
}

/** A node of a channel's Merkle-sum tree. */
export interface SumNode {
  hash: Hex;
  sum: bigint;
}

/** Where the path of a channel's id ends: at its own entry, at another channel's, or at none (all zero). */
export interface EntryProof {
  entry: Entry;
  /** Bottom to top. */
  siblings: readonly Hex[];
}

/** The place of a receipt among the receipts of its channel. */
export interface ReceiptProof {
  index: number;
  /** Bottom to top. */
  siblings: readonly SumNode[];
}

/** A bonded question to a worker about one of its epochs. */
export interface Demand {
  by: Address;
  /** Of the answer; unix seconds. */
  deadline: bigint;
  version: number;
  status: DemandStatus;
  /** The root was missing or late: the bond comes back in any case. */
  late: boolean;
}

const bytes32 = { type: "bytes32" } as const;
const uint16 = { type: "uint16" } as const;
const uint32 = { type: "uint32" } as const;
const uint64 = { type: "uint64" } as const;
const uint96 = { type: "uint96" } as const;
const uint128 = { type: "uint128" } as const;
const uint256 = { type: "uint256" } as const;
const noEntry: Entry = { channelId: EMPTY, receiptsRoot: EMPTY, sum: 0n, count: 0 };
const noNode: SumNode = { hash: EMPTY, sum: 0n };

/** Length of an epoch in seconds: a quarter of the tier's `receiptSeconds`. */
export const epochSeconds = (receiptSeconds: number): bigint => {
  const quarter = BigInt(receiptSeconds) / EPOCHS_PER_CHALLENGE_TIME;
  return quarter > 0n ? quarter : 1n;
};

/** The epoch of a receipt that was issued at `issuedAt`. */
export const epochOf = (receiptSeconds: number, issuedAt: bigint): bigint =>
  issuedAt / epochSeconds(receiptSeconds);

/** The id of a demand for a receipt by number; a demand for inclusion has the receipt's `commitId`. */
export const demandId = (parameters: {
  chainId: bigint;
  /** The contract `Epochs`. */
  epochs: Address;
  version: number;
  epoch: bigint;
  channelId: Hex;
  index: number;
}): Hex =>
  keccak256(
    encodeAbiParameters(
      [bytes32, uint256, { type: "address" }, uint16, uint64, bytes32, uint32],
      [
        DEMAND_DOMAIN,
        parameters.chainId,
        parameters.epochs,
        parameters.version,
        parameters.epoch,
        parameters.channelId,
        parameters.index,
      ],
    ),
  );

/** A receipt as an epoch's tree holds it. */
export interface EpochReceipt {
  channelId: Hex;
  receiptId: Hex;
  liability: bigint;
}

/** The trees over one worker's receipts of one tier and epoch; the receipts of a channel keep their order. */
export class EpochTree {
  readonly root: Hex;
  /** Of receipts. */
  readonly count: number;
  readonly #entries: Entry[] = [];
  readonly #levels = new Map<Hex, SumNode[][]>();

  constructor(receipts: readonly EpochReceipt[]) {
    this.count = receipts.length;
    for (const [channelId, own] of byChannel(receipts)) {
      const levels = sumLevels(own.map(sumLeaf));
      const { hash, sum } = levels.at(-1)![0]!;
      this.#levels.set(channelId, levels);
      this.#entries.push({ channelId, receiptsRoot: hash, sum, count: own.length });
    }
    this.root = subtree(this.#entries, 0);
  }

  /** The entries of all channels, in the order of their first receipts. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Where the path of a channel's id ends, whether the epoch has receipts of it or not. */
  entryProof(channelId: Hex): EntryProof {
    const siblings: Hex[] = [];
    let entries: readonly Entry[] = this.#entries;
    for (let depth = 0; entries.length > 1; depth++) {
      const right = bit(channelId, depth);
      siblings.push(subtree(side(entries, depth, !right), depth + 1));
      entries = side(entries, depth, right);
    }
    return { entry: entries[0] ?? noEntry, siblings: siblings.reverse() };
  }

  /** The place of receipt number `index` of a channel. */
  receiptProof(channelId: Hex, index: number): ReceiptProof {
    const levels = this.#levels.get(lower(channelId));
    if (!levels?.[0]?.[index]) {
      throw new TreeError("The epoch has no such receipt.", { facts: { channelId, index } });
    }
    const siblings = levels.slice(0, -1).map((level, depth) => level[(index >> depth) ^ 1] ?? noNode);
    return { index, siblings };
  }
}

/** The root to which the path of `channelId` leads from the entry of a proof, or from nothing. */
export function entryRootOf(channelId: Hex, { entry, siblings }: EntryProof): Hex {
  const depth = siblings.length;
  const isEntry = BigInt(entry.channelId) !== 0n;
  for (let above = 0; isEntry && above < depth; above++) {
    if (bit(entry.channelId, above) !== bit(channelId, above)) {
      throw new TreeError("The entry is not on the channel's path.", {
        facts: { channelId, entry: entry.channelId, depth },
      });
    }
  }
  return siblings.reduce(
    (node, sibling, level) => (bit(channelId, depth - 1 - level) ? pair(sibling, node) : pair(node, sibling)),
    isEntry ? entryHash(entry) : EMPTY,
  );
}

/** The root and the sum to which a receipt leads from its number among `count`. */
export function receiptRootOf(
  receipt: Omit<EpochReceipt, "channelId">,
  count: number,
  { index, siblings }: ReceiptProof,
): SumNode {
  const depth = Math.ceil(Math.log2(count));
  if (siblings.length !== depth) {
    throw new TreeError("The proof is not as long as its tree is deep.", {
      facts: { count, depth, length: siblings.length },
    });
  }
  return siblings.reduce(
    (node, sibling, level) => ((index >> level) & 1 ? sumParent(sibling, node) : sumParent(node, sibling)),
    sumLeaf(receipt),
  );
}

const byChannel = (receipts: readonly EpochReceipt[]): Map<Hex, EpochReceipt[]> => {
  const grouped = new Map<Hex, EpochReceipt[]>();
  for (const receipt of receipts) {
    const channelId = lower(receipt.channelId);
    const own = grouped.get(channelId);
    if (own) own.push(receipt);
    else grouped.set(channelId, [receipt]);
  }
  return grouped;
};

const lower = (hex: Hex): Hex => hex.toLowerCase() as Hex;

/** Bit number `depth` of an id, the most significant first. */
const bit = (id: Hex, depth: number): boolean => {
  const digit = Number.parseInt(id[2 + (depth >> 2)]!, 16);
  return ((digit >> (3 - (depth & 3))) & 1) === 1;
};

const side = (entries: readonly Entry[], depth: number, right: boolean): Entry[] =>
  entries.filter(({ channelId }) => bit(channelId, depth) === right);

const pair = (left: Hex, right: Hex): Hex => keccak256(`${left}${right.slice(2)}`);

const entryHash = ({ channelId, receiptsRoot, sum, count }: Entry): Hex =>
  keccak256(
    encodeAbiParameters(
      [bytes32, bytes32, bytes32, uint128, uint32],
      [ENTRY_DOMAIN, channelId, receiptsRoot, sum, count],
    ),
  );

/** The root of the entries whose ids share their first `depth` bits. */
const subtree = (entries: readonly Entry[], depth: number): Hex => {
  if (entries.length === 0) return EMPTY;
  if (entries.length === 1) return entryHash(entries[0]!);
  return pair(
    subtree(side(entries, depth, false), depth + 1),
    subtree(side(entries, depth, true), depth + 1),
  );
};

const sumLeaf = ({ receiptId, liability }: Omit<EpochReceipt, "channelId">): SumNode => ({
  hash: keccak256(encodeAbiParameters([bytes32, bytes32, uint96], [RECEIPT_DOMAIN, receiptId, liability])),
  sum: liability,
});

const sumParent = (left: SumNode, right: SumNode): SumNode => ({
  hash: keccak256(
    encodeAbiParameters([bytes32, uint256, bytes32, uint256], [left.hash, left.sum, right.hash, right.sum]),
  ),
  sum: left.sum + right.sum,
});

/** The levels of a channel's tree, leaves first, root last. */
const sumLevels = (leaves: SumNode[]): SumNode[][] => {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; ) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, node) =>
      sumParent(below[2 * node]!, below[2 * node + 1] ?? noNode),
    );
    levels.push(level);
  }
  return levels;
};
