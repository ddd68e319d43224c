// What a plan is made from: the chain at one block, seen by a role that may have to act.
import type { Binding, Dispute, Hex, Request, RequestState, Reveal, Tier } from "@assay/sdk/protocol";

/** A request, and how far it has come. */
export interface RequestView {
  requestId: Hex;
  /** What is asked; `worker` is the only one that may claim, or zero. */
  request: Request;
  /** `worker` is the one that has claimed, or zero. */
  state: Pick<RequestState, "status" | "deadline" | "worker">;
  tier: Tier;
  /** The program was retired as malformed: whoever is bound to it gets out by a refund. */
  retired: boolean;
}

/** A dispute with what the chain knows about the node where it stands. */
export interface DisputeView {
  disputeId: Hex;
  dispute: Dispute;
  reveal: Reveal;
  /** Its bond and rewards were credited. */
  settled: boolean;
}

/** What a worker stands for, and what became of it. */
export interface Answered {
  outputRoot: Hex;
  passes: number;
  /** Open disputes and input requests: nothing is finalized while there are any. */
  holds: number;
  slashedAt: bigint;
  settled: boolean;
}

/** A commitment with its request and its disputes. */
export interface CommitmentView extends RequestView {
  commitId: Hex;
  commitment: Answered;
  binding: Pick<Binding, "traceRoot" | "boundAt">;
  disputes: readonly DisputeView[];
}

/** What the sides of a dispute have to know of a commitment, whatever it came from. */
export type DisputedView = Pick<CommitmentView, "commitId" | "state" | "commitment" | "binding" | "disputes">;
