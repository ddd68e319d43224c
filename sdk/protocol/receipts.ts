// Receipts: answers given off the chain, EIP-712; mirrors contracts/types/Receipt.sol. Twin of ReceiptLib.sol.
import { type Address, domainSeparator } from "viem";
import { concat, encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import { channelsDomain } from "./channelIds.ts";
import type { Terms } from "./commitment.ts";
import type { Hex } from "./hash.ts";

export type { Channel } from "./channelIds.ts";

/** An answer given off the chain: a commitment signed with a session key and backed by one channel's allotment. */
export interface Receipt {
  channelId: Hex;
  /** Of the worker's process; each start opens a new one. */
  session: bigint;
  /** Within the session. */
  sequence: bigint;
  programId: Hex;
  inputRoot: Hex;
  outputRoot: Hex;
  passes: number;
  version: number;
  /** Only the payer, and auditors to whom it hands the input, can check it. */
  isPrivate: boolean;
  fee: bigint;
  /** Stake-token units of the channel's allotment behind this receipt. */
  liability: bigint;
  /** Unix seconds. */
  issuedAt: bigint;
  /** Unix seconds; at most the tier's `receiptSeconds` after `issuedAt`. */
  challengeUntil: bigint;
  /** The receipt that this one resumes, or zero. */
  previous: Hex;
}

/** A P-256 signature over SHA-256 of the receipt's id, with the session key that made it; `s` in the lower half. */
export interface SessionSignature {
  r: Hex;
  s: Hex;
  x: Hex;
  y: Hex;
}

const receiptFields = [
  { name: "channelId", type: "bytes32" },
  { name: "session", type: "uint64" },
  { name: "sequence", type: "uint64" },
  { name: "programId", type: "bytes32" },
  { name: "inputRoot", type: "bytes32" },
  { name: "outputRoot", type: "bytes32" },
  { name: "passes", type: "uint32" },
  { name: "version", type: "uint16" },
  { name: "isPrivate", type: "bool" },
  { name: "fee", type: "uint96" },
  { name: "liability", type: "uint96" },
  { name: "issuedAt", type: "uint64" },
  { name: "challengeUntil", type: "uint64" },
  { name: "previous", type: "bytes32" },
] as const;

const signatureFields = [
  { name: "r", type: "bytes32" },
  { name: "s", type: "bytes32" },
  { name: "x", type: "bytes32" },
  { name: "y", type: "bytes32" },
] as const;

const receiptParameter = { type: "tuple", components: receiptFields } as const;
const signatureParameter = { type: "tuple", components: signatureFields } as const;

/** The fields of a receipt as EIP-712 has them, for whoever shows one to a person. */
export const receiptTypes = { Receipt: receiptFields } as const;

const RECEIPT_TYPE = keccak256(
  stringToBytes(`Receipt(${receiptFields.map(({ type, name }) => `${type} ${name}`).join(",")})`),
);

export interface ReceiptIdParameters {
  chainId: bigint;
  /** The contract `Channels`. */
  channels: Address;
  receipt: Receipt;
}

/** The EIP-712 hash of a receipt, which is its id; the session key signs SHA-256 of it. */
export function receiptId({ chainId, channels, receipt }: ReceiptIdParameters): Hex {
  const struct = keccak256(
    encodeAbiParameters([{ type: "bytes32" }, receiptParameter], [RECEIPT_TYPE, receipt]),
  );
  return keccak256(
    concat(["0x1901", domainSeparator({ domain: channelsDomain({ chainId, channels }) }), struct]),
  );
}

/** What the worker of the receipt's channel stands for. */
export const receiptTerms = (receiptId: Hex, receipt: Receipt, worker: Address): Terms => ({
  subject: receiptId,
  programId: receipt.programId,
  inputRoot: receipt.inputRoot,
  outputRoot: receipt.outputRoot,
  passes: receipt.passes,
  worker,
  version: receipt.version,
});

/** The bytes by which the channels recognise a receipt as a commitment. */
export const encodeReceiptOpening = (receipt: Receipt, signature: SessionSignature, input: Hex): Hex =>
  encodeAbiParameters([receiptParameter, signatureParameter, { type: "bytes" }], [receipt, signature, input]);
