// What a keeper does on the channels' side. Each call is permissionless; collecting what a channel owes is paid for.
import type { Channel, Commitment, Hex, Receipt, Tier } from "@assay/sdk/protocol";
import { standing } from "./turns.ts";
import type { CommitmentView, DisputeView } from "./views.ts";

/** An opened receipt as the chain has it. */
export interface ReceiptView {
  commitId: Hex;
  commitment: Pick<Commitment, "status" | "challengeUntil" | "holds" | "slashedAt" | "settled">;
  binding: CommitmentView["binding"];
  /** The open ones. */
  disputes: readonly DisputeView[];
  tier: Pick<Tier, "airgapSeconds">;
  /** Its program was retired as malformed. */
  retired: boolean;
}

/** A demand that was not answered yet. */
export type DemandView = { demandId: Hex; deadline: bigint } & (
  | { of: "inclusion"; receipt: Receipt }
  | { of: "receipt"; version: number; epoch: bigint; channelId: Hex; index: number }
);

export interface ReceiptsState {
  /** Time of the block that the rest was read at, unix seconds. */
  now: bigint;
  receipts: readonly ReceiptView[];
  demands: readonly DemandView[];
  owing: readonly { channelId: Hex; channel: Pick<Channel, "owed" | "allotment" | "reserved"> }[];
}

export type ReceiptPoke =
  | { kind: "finalizeReceipt" | "refundReceipt" | "settleReceipt"; commitId: Hex }
  | { kind: "timeoutReceiptDispute"; disputeId: Hex }
  | ({ kind: "timeoutDemand" } & DemandView)
  | { kind: "collectOwed"; channelId: Hex; owed: bigint };

/** The pokes due now. */
export function receiptPokes({ now, receipts, demands, owing }: ReceiptsState): ReceiptPoke[] {
  return [
    ...receipts.flatMap((view) => [...timeouts(view, now), ...endings(view, now)]),
    ...demands
      .filter(({ deadline }) => now > deadline)
      .map((demand) => ({ kind: "timeoutDemand", ...demand }) as const),
    ...owing
      .filter(({ channel }) => channel.owed > 0n && channel.allotment > channel.reserved)
      .map(({ channelId, channel }) => ({ kind: "collectOwed", channelId, owed: channel.owed }) as const),
  ];
}

function timeouts({ disputes, binding, commitment, commitId }: ReceiptView, now: bigint): ReceiptPoke[] {
  if (commitment.status !== "open") return [];
  const state = { status: "committed", deadline: commitment.challengeUntil, worker: commitId } as const;
  return disputes
    .filter((dispute) => standing(dispute, { binding, state }, now).waitingFor === "timeout")
    .map(({ disputeId }) => ({ kind: "timeoutReceiptDispute", disputeId }));
}

function endings({ commitId, commitment, tier, retired }: ReceiptView, now: bigint): ReceiptPoke[] {
  const { status, challengeUntil, holds, slashedAt, settled } = commitment;
  if (status === "slashed")
    return !settled && now > slashedAt + BigInt(tier.airgapSeconds)
      ? [{ kind: "settleReceipt", commitId }]
      : [];
  if (status !== "open") return [];
  if (retired) return [{ kind: "refundReceipt", commitId }];
  return now > challengeUntil && holds === 0 ? [{ kind: "finalizeReceipt", commitId }] : [];
}
