// Requests, answers and tiers as the contracts keep them; mirrors contracts/types/Market.sol and Tier.sol.
import type { Address } from "viem";
import type { FinalityLevel, Method, RequestStatus } from "./enums.ts";
import type { Hex } from "./hash.ts";

/**
 * What is asked, and on what terms. The request's id is its hash, and the chain does not keep it: whoever acts on a request
 * brings it along.
 */
export interface Request {
  requester: Address;
  /** Makes two equal questions two requests; 64 bits. */
  salt: bigint;
  programId: Hex;
  inputRoot: Hex;
  /** True when the input stands in the request's transaction; otherwise the requester keeps it retrievable. */
  inputPosted: boolean;
  /** Stake-token units, escrowed. */
  fee: bigint;
  /** Parameter version that governs the request for its whole life. */
  version: number;
  method: Method;
  /** At which the consumer is called. */
  level: FinalityLevel;
  /** The only worker that may claim, or the zero address for any. */
  worker: Address;
  /** Contract that is called back, or the zero address. */
  consumer: Address;
  /** Gas promised to each call of the consumer. */
  callbackGas: number;
}

/** How far a request has come. */
export interface RequestState {
  /** Who claimed it; the zero address until then. */
  worker: Address;
  status: RequestStatus;
  flags: number;
  /** Of the present status: claim by, commit by, post by, or challenge until; unix seconds. */
  deadline: bigint;
  /** Number of the batch that holds the commitment; zero until committed. */
  batch: number;
}

/** The bits of a state's flags. */
export const requestFlags = {
  /** The consumer has taken the result. */
  delivered: 1,
  /** The consumer was told that there is no result, or no longer. */
  failureDelivered: 2,
  /** The commitment was recorded: something was held against it. */
  recorded: 4,
  /** The input was posted after the request. */
  inputShown: 8,
} as const;

/** What a worker answers. */
export interface Answer {
  request: Request;
  passes: number;
  output: Hex;
}

/** An answer as a batch holds it: what a commitment binds besides its request, and where it stands in the batch. */
export interface Leaf {
  passes: number;
  outputRoot: Hex;
  /** Siblings up to the batch's root; empty in a batch of one. */
  proof: readonly Hex[];
}

/** An ERC-2612 permit of the stake token for the vault; ignored where `deadline` is zero. */
export interface Permit {
  value: bigint;
  /** Unix seconds. */
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

/** One parameter version. Times in seconds, amounts in stake-token units, shares in basis points. */
export interface Tier {
  name: Hex;
  claimSeconds: number;
  deliverySeconds: number;
  windowSeconds: number;
  receiptSeconds: number;
  workerSeconds: number;
  challengerSeconds: number;
  floorSeconds: number;
  airgapSeconds: number;
  inputSeconds: number;
  recheckSeconds: number;
  maxTraceDepth: number;
  maxTensorDepth: number;
  minLock: bigint;
  lockPerFee: number;
  minFee: bigint;
  challengeBond: bigint;
  publisherBond: bigint;
  deliveryPenaltyBps: number;
  gasPrice: bigint;
}
