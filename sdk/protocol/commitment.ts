// What a worker stands for, and what is recorded about it once it is held; mirrors contracts/types/Commitment.sol.
import type { Address } from "viem";
import type { CommitmentStatus } from "./enums.ts";
import type { Hex } from "./hash.ts";

/** What a worker stands for; `commitId` is its hash under the source that published it. */
export interface Terms {
  /** The request's id, or the receipt's. */
  subject: Hex;
  programId: Hex;
  inputRoot: Hex;
  outputRoot: Hex;
  passes: number;
  worker: Address;
  version: number;
}

/** A commitment with its money and clocks. Times in unix seconds, amounts in stake-token units. */
export interface Commitment {
  terms: Terms;
  status: CommitmentStatus;
  /** Who paid for the inference. */
  beneficiary: Address;
  fee: bigint;
  /** At risk for this commitment alone. */
  lock: bigint;
  challengeUntil: bigint;
  /** Zero while not slashed. */
  slashedAt: bigint;
  /** Open disputes and input requests. */
  holds: number;
  inputPosted: boolean;
  settled: boolean;
  /** Who is rewarded for the slash; the zero address while not slashed. */
  reporter: Address;
}
