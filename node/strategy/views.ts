// What a plan is made from: the chain at one block, seen by a role that may have to act.
import type { Binding, Commitment, Dispute, Hex, Request, Reveal, Tier } from "@assay/sdk/protocol";

/** A request as the chain has it: `worker` is the only one that may claim, or the one that has, or zero. */
export interface RequestView {
  requestId: Hex;
  request: Pick<Request, "status" | "method" | "version" | "deadline" | "worker" | "fee" | "programId">;
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

/** A commitment with its request and its disputes. */
export interface CommitmentView extends RequestView {
  commitId: Hex;
  commitment: Pick<Commitment, "outputRoot" | "passes" | "openDisputes" | "slashedAt" | "settled">;
  binding: Pick<Binding, "traceRoot" | "boundAt">;
  disputes: readonly DisputeView[];
}
