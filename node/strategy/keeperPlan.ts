// What a keeper does: it moves on everything whose deadline has passed. Each call is permissionless and changes no outcome.
import type { Hex, RequestStatus } from "@assay/sdk/protocol";
import { type AskedInput, type InputPoke, inputPokes } from "./inputPlan.ts";
import { standing } from "./turns.ts";
import type { CommitmentView, RequestView } from "./views.ts";

/** A request whose consumer may still have to be told something. */
export interface PendingDelivery extends Pick<RequestView, "requestId" | "request" | "state"> {
  /** The consumer has taken the output. */
  delivered: boolean;
  /** Calls of its consumer that this keeper has made to tell it the same. */
  tries: number;
  /** Unix seconds; before, a call that did not succeed is not made again. */
  retryAt: bigint;
}

export interface KeeperState {
  /** Time of the block that the rest was read at, unix seconds. */
  now: bigint;
  /** Open and claimed requests. */
  requests: readonly RequestView[];
  /** Committed requests, and slashed ones that are not settled. */
  commitments: readonly CommitmentView[];
  deliveries: readonly PendingDelivery[];
  /** Inputs that were asked for and not shown. */
  asked: readonly AskedInput[];
}

export interface KeeperLimits {
  /** Seconds for which an answer is left to its worker, whose own call pays it at once. */
  patienceSeconds: number;
  /** Calls of one consumer before it is left to others. */
  mostTries: number;
}

export type KeeperAction =
  | InputPoke
  | { kind: "expire" | "timeoutDelivery" | "finalize" | "refundRetired"; requestId: Hex }
  | { kind: "deliver" | "deliverFailure"; requestId: Hex }
  | { kind: "settle"; commitId: Hex }
  | { kind: "timeout"; disputeId: Hex };

/** The pokes due now. */
export function keeperPlan(
  { now, requests, commitments, deliveries, asked }: KeeperState,
  limits: KeeperLimits,
): KeeperAction[] {
  return [
    ...requests.flatMap((view) => requestPokes(view, now)),
    ...commitments.flatMap((view) => [...timeouts(view, now), ...commitmentPokes(view, now, limits)]),
    ...inputPokes(asked, now),
    ...deliveries.flatMap((pending) => deliveryOf(pending, now, limits)),
  ];
}

function requestPokes({ requestId, state, retired }: RequestView, now: bigint): KeeperAction[] {
  if (state.status === "claimed" && retired) return [{ kind: "refundRetired", requestId }];
  if (now <= state.deadline) return [];
  if (state.status === "open") return [{ kind: "expire", requestId }];
  if (state.status === "claimed") return [{ kind: "timeoutDelivery", requestId }];
  return [];
}

function commitmentPokes(
  view: CommitmentView,
  now: bigint,
  { patienceSeconds }: KeeperLimits,
): KeeperAction[] {
  const { requestId, commitId, state, commitment, retired } = view;
  if (isSettleable(view, now)) return [{ kind: "settle", commitId }];
  if (state.status !== "committed") return [];
  if (retired) return [{ kind: "refundRetired", requestId }];
  const isOver = now > state.deadline + BigInt(patienceSeconds);
  return isOver && commitment.holds === 0 ? [{ kind: "finalize", requestId }] : [];
}

function timeouts(view: CommitmentView, now: bigint): KeeperAction[] {
  return view.disputes
    .filter((dispute) => standing(dispute, view, now).waitingFor === "timeout")
    .map(({ disputeId }) => ({ kind: "timeout", disputeId }));
}

/** Statuses in which there is no result, and none will come. */
const failed: readonly RequestStatus[] = ["slashed", "refunded", "expired", "cancelled"];

/** What a consumer may have to be told about a request of that status. */
export const hookOf = (status: RequestStatus): "deliver" | "deliverFailure" =>
  failed.includes(status) ? "deliverFailure" : "deliver";

function deliveryOf(pending: PendingDelivery, now: bigint, { mostTries }: KeeperLimits): KeeperAction[] {
  const { requestId, request, state, delivered, tries, retryAt } = pending;
  if (tries >= mostTries || now < retryAt) return [];
  if (hookOf(state.status) === "deliverFailure") return [{ kind: "deliverFailure", requestId }];
  const isDue =
    state.status === "finalized" || (state.status === "committed" && request.level === "provisional");
  return isDue && !delivered ? [{ kind: "deliver", requestId }] : [];
}

/** True when a slash may be distributed. */
export function isSettleable({ state, commitment, tier }: CommitmentView, now: bigint): boolean {
  const settleableAfter = commitment.slashedAt + BigInt(tier.airgapSeconds);
  return state.status === "slashed" && !commitment.settled && now > settleableAfter;
}
