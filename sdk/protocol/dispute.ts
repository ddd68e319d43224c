// Disputes, bindings and reveals as the dispute game keeps them; mirrors contracts/types/Dispute.sol.
import type { Address } from "viem";
import type { DisputeStatus, NodeKind } from "./enums.ts";
import type { Hex } from "./hash.ts";
import type { Position } from "./position.ts";

/** One challenger's descent into one commitment. */
export interface Dispute {
  commitId: Hex;
  challenger: Address;
  status: DisputeStatus;
  serial: number;
  /** Of the challenger; unix seconds. */
  lastMoveAt: bigint;
  workerSeconds: number;
  challengerSeconds: number;
  position: Position;
  /** False until the challenger has chosen a node below a committed root. */
  rooted: boolean;
  node: Hex;
  bond: bigint;
  gasOwed: number;
  /** Serial + 1 of the neighbours in opening order among disputes not lost; zero = none. */
  previous: number;
  next: number;
}

/** What the worker is bound to, and the books of all disputes on one commitment. */
export interface Binding {
  traceRoot: Hex;
  /** Zero until bound. */
  boundAt: bigint;
  disputes: number;
  first: number;
  last: number;
  gasOwed: bigint;
}

/** What was shown on-chain about one node of a commitment's trees. */
export interface Reveal {
  kind: NodeKind;
  revealedAt: bigint;
}
