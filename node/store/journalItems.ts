// What the journal's items hold: requests, commitments, disputes and programs as the chain's events tell them.
import type { Hex, Position, ProgramHeader, Request, Verdict } from "@assay/sdk/protocol";
import type { Address } from "viem";

/** A request as its events tell it; the item's state is its status. */
export type RequestItem = {
  requestId: Hex;
  /** What is asked. The chain keeps its hash only: whoever acts on it brings it along. */
  request: Request;
  /** Of the present status, unix seconds. */
  deadline: bigint;
  /** Who claimed it. */
  worker?: Address;
  lock?: bigint;
  commitId?: Hex;
};

/** What a request's consumer has been told; done when nothing more can follow. */
export type DeliveryItem = {
  requestId: Hex;
  /** It has taken the output. */
  delivered: boolean;
};

/** A commitment as its events tell it; the item's state is its request's status. */
export type CommitmentItem = {
  commitId: Hex;
  requestId: Hex;
  programId: Hex;
  inputRoot: Hex;
  worker: Address;
  outputRoot: Hex;
  passes: number;
  /** Number of the batch that holds it. */
  batch: number;
  challengeUntil: bigint;
  /** Something was held against it: from then on the chain knows more than its events tell. */
  recorded?: boolean;
  /** Once the worker has bound it. */
  traceRoot?: Hex;
  settled?: boolean;
};

/** A batch with its commitments, in the order of its leaves. */
export type BatchItem = { batch: number; challengeUntil: bigint; commitIds: readonly Hex[] };

/** An input that somebody asked to see on the chain, under the id of a claimed request or of a commitment. */
export type InputRequestItem = {
  id: Hex;
  asker: Address;
  inputRoot: Hex;
  inputBytes: number;
  bond: bigint;
  /** Until when every byte must be posted, unix seconds. */
  postBy: bigint;
  /** Bytes so far. */
  posted: number;
};

/** Bytes of an input that were posted: id `id:first chunk`. */
export type InputPieceItem = { id: Hex; data: Hex };

/** A dispute as its events tell it. What the clocks say is read from the chain. */
export type DisputeItem = {
  disputeId: Hex;
  commitId: Hex;
  challenger: Address;
  serial: number;
  bond: bigint;
  /** Until when the worker has to answer the challenger's last move. */
  workerDeadline: bigint;
  /** Undefined before the challenger's first choice. */
  node?: Hex;
  position?: Position;
  /** What the judge said, if it was asked. */
  verdict?: Verdict;
  settled?: boolean;
};

/** A node of a commitment's trees that was shown on-chain: id `commitId:node`. */
export type RevealItem = { commitId: Hex; node: Hex; children?: readonly Hex[]; tile?: Hex };

/** A registered program as its event tells it. */
export type ProgramItem = {
  programId: Hex;
  publisher: Address;
  header: ProgramHeader;
  programRoot: Hex;
  descriptorsRoot: Hex;
  constantsRoot: Hex;
  manifestHash: Hex;
  /** A hint where its files may be fetched. */
  uri: string;
};
