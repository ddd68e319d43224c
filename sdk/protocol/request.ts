// Requests, commitments and tiers as the contracts keep them; mirrors contracts/types/Market.sol and Tier.sol.
import type { Address } from "viem";
import type { Method, RequestStatus } from "./enums.ts";
import type { Hex } from "./hash.ts";

/** What a requester asks for. */
export interface RequestParams {
  programId: Hex;
  input: Hex;
  fee: bigint;
  version: number;
  method: Method;
  worker: Address;
  consumer: Address;
  callbackGas: number;
}

export interface Request {
  requester: Address;
  status: RequestStatus;
  method: Method;
  version: number;
  /** Of the present status: claim by, commit by, or challenge until; unix seconds. */
  deadline: bigint;
  worker: Address;
  fee: bigint;
  consumer: Address;
  callbackGas: number;
  delivered: boolean;
  programId: Hex;
  inputRoot: Hex;
  commitId: Hex;
}

export interface Commitment {
  requestId: Hex;
  outputRoot: Hex;
  worker: Address;
  /** Stake-token units at risk for this commitment alone. */
  lock: bigint;
  passes: number;
  openDisputes: number;
  committedAt: bigint;
  slashedAt: bigint;
  settled: boolean;
}

/** One parameter version. Times in seconds, amounts in stake-token units, shares in basis points. */
export interface Tier {
  name: Hex;
  claimSeconds: number;
  deliverySeconds: number;
  windowSeconds: number;
  workerSeconds: number;
  challengerSeconds: number;
  floorSeconds: number;
  airgapSeconds: number;
  inputSeconds: number;
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
