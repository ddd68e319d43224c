// What is open on the channels' side, out of its events: receipts, disputes on them, demands about epochs, channels that owe.
import type { Hex, Receipt } from "@assay/sdk/protocol";
import type { Journal } from "../store/journal.ts";
import type { ProtocolEvent } from "./events.ts";

/** A receipt that somebody opened. */
export type OpenedReceipt = { commitId: Hex; channelId: Hex; programId: Hex; version: number };

/** A question to a worker about one of its epochs. */
export type OpenDemand = {
  demandId: Hex;
  /** Of the answer, unix seconds. */
  deadline: bigint;
} & (
  | { of: "inclusion"; receipt: Receipt }
  | { of: "receipt"; version: number; epoch: bigint; channelId: Hex; index: number }
);

type Disputed = { disputeId: Hex; commitId: Hex };

export type ReceiptBooks = {
  /** Takes in events of channels, their game and their epochs, in order; a roll-back of their blocks undoes it. */
  take(events: readonly ProtocolEvent[]): void;
  /** Receipts that are not final, and slashed ones that are not settled, each with its open disputes. */
  receipts(): (OpenedReceipt & { disputes: Hex[] })[];
  demands(): OpenDemand[];
  /** Channels that have forfeited stake which may not all be collected. */
  owing(): Hex[];
  /** What the chain says has ended without an event of its own. */
  end(of: "receipt" | "owing", id: Hex): void;
};

/** Kinds of the journal; what is done in them is forgotten when it cannot be undone any more. */
const kinds = {
  receipt: "receipts",
  dispute: "receiptDisputes",
  demand: "receiptDemands",
  owing: "receiptOwing",
} as const;

export function createReceiptBooks(journal: Journal): ReceiptBooks {
  const receipts = journal.notes<OpenedReceipt, "open" | "done">(kinds.receipt);
  const disputes = journal.notes<Disputed, "open" | "done">(kinds.dispute);
  const demands = journal.notes<OpenDemand, "open" | "done">(kinds.demand);
  const owing = journal.notes<{ channelId: Hex }, "open" | "done">(kinds.owing);
  const open = { states: ["open"] } as const;

  function takeOne(event: ProtocolEvent): void {
    const block = event.blockNumber;
    switch (event.eventName) {
      case "ReceiptOpened": {
        const { commitId, channelId, receipt } = event.args;
        const { programId, version } = receipt;
        receipts.put(commitId, "open", { commitId, channelId, programId, version }, block);
        return;
      }
      case "ReceiptFinalized":
      case "SlashSettled":
      case "FlippedToRefund":
        receipts.update(event.args.commitId, () => ({ state: "done" }), block);
        return;
      case "Challenged": {
        const { disputeId, commitId } = event.args;
        disputes.put(disputeId, "open", { disputeId, commitId }, block);
        return;
      }
      case "DisputeEnded":
        disputes.update(event.args.disputeId, () => ({ state: "done" }), block);
        return;
      case "InclusionDemanded": {
        const { demandId, deadline, receipt } = event.args;
        demands.put(
          demandId,
          "open",
          { demandId, deadline: BigInt(deadline), of: "inclusion", receipt },
          block,
        );
        return;
      }
      case "ReceiptDemanded": {
        const { demandId, deadline, version, epoch, channelId, index } = event.args;
        const asked = { of: "receipt", version, epoch, channelId, index } as const;
        demands.put(demandId, "open", { demandId, deadline: BigInt(deadline), ...asked }, block);
        return;
      }
      case "DemandAnswered":
      case "DemandUnanswered":
        demands.update(event.args.demandId, () => ({ state: "done" }), block);
        return;
      case "Forfeited":
        owing.put(event.args.channelId, "open", { channelId: event.args.channelId }, block);
        return;
    }
  }

  return {
    take: (events) => {
      for (const event of events) takeOne(event);
    },
    receipts: () => {
      const byReceipt = new Map<Hex, Hex[]>();
      for (const { data } of disputes.list(open))
        byReceipt.set(data.commitId, [...(byReceipt.get(data.commitId) ?? []), data.disputeId]);
      return receipts
        .list(open)
        .map(({ data }) => ({ ...data, disputes: byReceipt.get(data.commitId) ?? [] }));
    },
    demands: () => demands.list(open).map(({ data }) => data),
    owing: () => owing.list(open).map(({ data }) => data.channelId),
    end: (of, id) => {
      (of === "receipt" ? receipts : owing).update(id, () => ({ state: "done" }));
    },
  };
}
