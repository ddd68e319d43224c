// What roles report to whoever tells the story: the command line, a page, a test.
import type { Hex, Verdict } from "@assay/sdk/protocol";
import type { Judgement } from "../strategy/judgement.ts";

/** What any role says about itself. */
export type CommonEvent =
  /** A move of ours is in a block; without a hash, somebody else had made it. */
  | { kind: "sent"; move: string; id: Hex; hash: Hex | undefined; gas: bigint | undefined }
  /** In a dry run: what would have been sent. */
  | { kind: "wouldSend"; move: string; id: Hex; to: Hex; data: Hex }
  /** An input that is kept off the chain was found. */
  | { kind: "inputFound"; requestId: Hex; bytes: number }
  | { kind: "alarm"; reason: string; facts: Readonly<Record<string, unknown>> };

export type WorkerEvent =
  /** A program has passed its self-test and may be claimed for. */
  | { kind: "prepared"; programId: Hex; executeSeconds: number; traceSeconds: number }
  | { kind: "refused"; requestId: Hex; reason: string }
  | { kind: "executed"; requestId: Hex; outputRoot: Hex; passes: number; seconds: number }
  | { kind: "sampled"; requestId: Hex; agrees: boolean };

export type WatchtowerEvent =
  | { kind: "checked"; commitId: Hex; judgement: Judgement; seconds: number }
  /** Output roots, and how many passes each took. */
  | {
      kind: "mismatch";
      commitId: Hex;
      claimed: Hex;
      recomputed: Hex;
      claimedPasses: number;
      recomputedPasses: number;
    };

/** A dispute as the chain tells it, with this machine's own figures beside the worker's. */
export type DisputeEvent = { commitId: Hex; hash: Hex; gas: bigint } & (
  | { kind: "challenged"; disputeId: Hex; challenger: Hex; bond: bigint }
  | { kind: "bound"; traceRoot: Hex }
  | { kind: "chosen"; disputeId: Hex; node: Hex; section: "trace" | "output"; path: readonly number[] }
  | { kind: "revealed"; node: Hex }
  | { kind: "tile"; node: Hex; bytes: number }
  | ({ kind: "stepProved"; disputeId: Hex; verdict: Verdict } & Partial<DisputedElement>)
  | { kind: "timedOut"; disputeId: Hex; workerLost: boolean }
  | { kind: "slashed"; worker: Hex; amount: bigint; reporter: Hex }
  | { kind: "settled"; reward: bigint; gasPot: bigint; compensation: bigint; burned: bigint }
  | { kind: "paid"; disputeId: Hex; challenger: Hex; bond: bigint; reward: bigint; refundedGas: bigint }
);

/** The element that decided; missing where the node itself was misplaced. */
export type DisputedElement = {
  /** From 0 on. */
  pass: number;
  step: number;
  op: string;
  /** Within the tile. */
  element: number;
  claimed: bigint;
  recomputed: bigint;
};

export type RoleEvent = CommonEvent | WorkerEvent | WatchtowerEvent | DisputeEvent;
