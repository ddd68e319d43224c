// What a keeper does: it moves on everything whose deadline has passed. Each call is permissionless and changes no outcome.
import type { Hex } from "@assay/sdk/protocol";
import { standing } from "./turns.ts";
import type { CommitmentView, RequestView } from "./views.ts";

export interface KeeperState {
  /** Time of the block that the rest was read at, unix seconds. */
  now: bigint;
  /** Open and claimed requests. */
  requests: readonly RequestView[];
  /** Committed requests, and slashed ones that are not settled. */
  commitments: readonly CommitmentView[];
}

export type KeeperAction =
  | { kind: "expire" | "timeoutDelivery" | "finalize" | "refundRetired"; requestId: Hex }
  | { kind: "settle"; commitId: Hex }
  | { kind: "timeout"; disputeId: Hex };

/** The pokes due now. */
export function keeperPlan({ now, requests, commitments }: KeeperState): KeeperAction[] {
  return [
    ...requests.flatMap((view) => requestPokes(view, now)),
    ...commitments.flatMap((view) => [...timeouts(view, now), ...commitmentPokes(view, now)]),
  ];
}

function requestPokes({ requestId, request, retired }: RequestView, now: bigint): KeeperAction[] {
  if (request.status === "claimed" && retired) return [{ kind: "refundRetired", requestId }];
  if (now <= request.deadline) return [];
  if (request.status === "open") return [{ kind: "expire", requestId }];
  if (request.status === "claimed") return [{ kind: "timeoutDelivery", requestId }];
  return [];
}

function commitmentPokes(view: CommitmentView, now: bigint): KeeperAction[] {
  const { requestId, commitId, request, commitment, retired } = view;
  if (isSettleable(view, now)) return [{ kind: "settle", commitId }];
  if (request.status !== "committed") return [];
  if (retired) return [{ kind: "refundRetired", requestId }];
  if (now > request.deadline && commitment.openDisputes === 0) return [{ kind: "finalize", requestId }];
  return [];
}

function timeouts(view: CommitmentView, now: bigint): KeeperAction[] {
  return view.disputes
    .filter((dispute) => standing(dispute, view, now).waitingFor === "timeout")
    .map(({ disputeId }) => ({ kind: "timeout", disputeId }));
}

/** True when a slash may be distributed. */
export function isSettleable({ request, commitment, tier }: CommitmentView, now: bigint): boolean {
  const settleableAfter = commitment.slashedAt + BigInt(tier.airgapSeconds);
  return request.status === "slashed" && !commitment.settled && now > settleableAfter;
}
