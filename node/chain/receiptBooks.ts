// What is open on the channels' side, out of its events: channels, receipts, disputes on them, demands, what is owed.
import { type Hex, hexToBytes, type Receipt } from "@assay/sdk/protocol";
import { type Address, isAddressEqual } from "viem";
import type { Journal } from "../store/journal.ts";
import type { ProtocolEvent } from "./events.ts";

/** A receipt that somebody opened. */
export type OpenedReceipt = {
  commitId: Hex;
  receiptId: Hex;
  channelId: Hex;
  programId: Hex;
  version: number;
  receipt: Receipt;
};

/** A channel as its events tell it; amounts in token units. */
export type KnownChannel = {
  channelId: Hex;
  payer: Address;
  worker: Address;
  /** Redeemed so far. */
  paid: bigint;
  /** Of the worker's stake, what is leaving included. */
  allotment: bigint;
  /** Its payer has asked for its escrow back. */
  isLeaving: boolean;
};

/** A question to a worker about one of its epochs. */
export type OpenDemand = {
  demandId: Hex;
  worker: Address;
  by: Address;
  /** Token units. */
  bond: bigint;
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
  /** A receipt that somebody opened, ended or not. */
  opened(commitId: Hex): OpenedReceipt | undefined;
  isOpen(commitId: Hex): boolean;
  demands(): OpenDemand[];
  channel(channelId: Hex): KnownChannel | undefined;
  channelsOf(worker: Address): KnownChannel[];
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
  channel: "receiptChannels",
} as const;

export function createReceiptBooks(journal: Journal): ReceiptBooks {
  const receipts = journal.notes<OpenedReceipt, "open" | "done">(kinds.receipt);
  const disputes = journal.notes<Disputed, "open" | "done">(kinds.dispute);
  const demands = journal.notes<OpenDemand, "open" | "done">(kinds.demand);
  const owing = journal.notes<{ channelId: Hex }, "open" | "done">(kinds.owing);
  const channels = journal.notes<KnownChannel, "known">(kinds.channel);
  const open = { states: ["open"] } as const;

  function changeChannel(
    channelId: Hex,
    block: bigint,
    change: (channel: KnownChannel) => Partial<KnownChannel>,
  ): void {
    channels.update(channelId, ({ data }) => ({ data: { ...data, ...change(data) } }), block);
  }

  const changeAllotment = (channelId: Hex, by: bigint, block: bigint): void =>
    changeChannel(channelId, block, ({ allotment }) => ({ allotment: allotment + by }));

  /** @param by What a receipt's channel has less since its slash, or more since the slash was undone. */
  function changeAllotmentOf(commitId: Hex, by: bigint, block: bigint): void {
    const opened = receipts.get(commitId);
    if (opened) changeAllotment(opened.data.channelId, by, block);
  }

  function takeOne(event: ProtocolEvent): void {
    const block = event.blockNumber;
    switch (event.eventName) {
      case "ReceiptOpened": {
        const { commitId, channelId, receiptId, receipt, input } = event.args;
        const { programId, version } = receipt;
        const opened = { commitId, receiptId, channelId, programId, version, receipt };
        receipts.put(commitId, "open", opened, block);
        if (input !== "0x") journal.keepPayload(receiptId, "input", hexToBytes(input));
        return;
      }
      case "Deposited": {
        const { channelId, payer, worker } = event.args as {
          channelId: Hex;
          payer: Address;
          worker: Address;
        };
        if (channels.get(channelId)) return;
        const empty = { paid: 0n, allotment: 0n, isLeaving: false };
        channels.put(channelId, "known", { channelId, payer, worker, ...empty }, block);
        return;
      }
      case "Redeemed":
        changeChannel(event.args.channelId, block, () => ({ paid: event.args.paid }));
        return;
      case "EscrowRequested":
        changeChannel(event.args.channelId, block, () => ({ isLeaving: event.args.leaving > 0n }));
        return;
      case "EscrowTaken":
        changeChannel(event.args.channelId, block, () => ({ isLeaving: false }));
        return;
      case "Allotted":
        changeAllotment(event.args.channelId, event.args.amount, block);
        return;
      case "AllotmentTaken":
      case "OwedCollected":
        changeAllotment(event.args.channelId, -event.args.amount, block);
        return;
      case "CommitmentSlashed":
        changeAllotmentOf(event.args.commitId, -event.args.amount, block);
        return;
      case "FlippedToRefund":
        changeAllotmentOf(event.args.commitId, event.args.lock, block);
        receipts.update(event.args.commitId, () => ({ state: "done" }), block);
        return;
      case "ReceiptFinalized":
      case "SlashSettled":
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
        const { demandId, worker, by, bond, deadline, receipt } = event.args;
        const demand = {
          demandId,
          worker,
          by,
          bond,
          deadline: BigInt(deadline),
          of: "inclusion",
          receipt,
        } as const;
        demands.put(demandId, "open", demand, block);
        return;
      }
      case "ReceiptDemanded": {
        const { demandId, worker, by, bond, deadline, version, epoch, channelId, index } = event.args;
        const asked = { of: "receipt", version, epoch, channelId, index } as const;
        const demand = { demandId, worker, by, bond, deadline: BigInt(deadline), ...asked };
        demands.put(demandId, "open", demand, block);
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
    opened: (commitId) => receipts.get(commitId)?.data,
    isOpen: (commitId) => receipts.get(commitId)?.state === "open",
    demands: () => demands.list(open).map(({ data }) => data),
    channel: (channelId) => channels.get(channelId)?.data,
    channelsOf: (worker) =>
      channels.list().flatMap(({ data }) => (isAddressEqual(data.worker, worker) ? [data] : [])),
    owing: () => owing.list(open).map(({ data }) => data.channelId),
    end: (of, id) => {
      (of === "receipt" ? receipts : owing).update(id, () => ({ state: "done" }));
    },
  };
}
