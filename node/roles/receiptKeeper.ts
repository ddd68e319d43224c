// The keeper's other half: ends what has run out of time among receipts, demands and channels, whoever it belongs to.
import {
  collectOwedCall,
  type Deployment,
  finalizeReceiptCall,
  getBinding,
  getChannel,
  getDispute,
  getRecordedCommitment,
  getReveal,
  getTier,
  refundRetiredReceiptCall,
  settleSlashCall,
  timeoutDisputeCall,
  timeoutInclusionCall,
  timeoutReceiptCall,
} from "@assay/sdk";
import type { Hex, Tier } from "@assay/sdk/protocol";
import type { PublicClient } from "viem";
import { createReceiptBooks, type ReceiptBooks } from "../chain/receiptBooks.ts";
import type { SendRequest } from "../chain/sender.ts";
import { type ReceiptPoke, type ReceiptView, receiptPokes } from "../strategy/receiptPokes.ts";
import type { DisputeView } from "../strategy/views.ts";
import { createConduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import { createRole, type Role } from "./role.ts";

const source = "channels" as const;

export function createReceiptKeeper(options: RoleContext): Role {
  const { journal, endpoints, deployment, metrics } = options;
  const books = createReceiptBooks(journal);
  const conduct = createConduct(options);
  const tiers = new Map<number, Tier>();

  async function plan(): Promise<ReceiptPoke[]> {
    const { number: blockNumber, timestamp: now } = await endpoints.head();
    const receipts: ReceiptView[] = [];
    for (const receipt of books.receipts()) {
      const view = await endpoints.use((client) => receiptView(client, receipt, blockNumber));
      if (view.commitment.status === "open" || view.commitment.status === "slashed") receipts.push(view);
      else if (view.commitment.status !== "none") books.end("receipt", receipt.commitId);
    }
    const owing = [];
    for (const channelId of books.owing()) {
      const channel = await endpoints.use((client) =>
        getChannel(client, { deployment, channelId, blockNumber }),
      );
      if (channel.owed > 0n) owing.push({ channelId, channel });
      else books.end("owing", channelId);
    }
    return receiptPokes({ now, receipts, demands: books.demands(), owing });
  }

  async function receiptView(
    client: PublicClient,
    { commitId, programId, version, disputes }: ReturnType<ReceiptBooks["receipts"]>[number],
    blockNumber: bigint,
  ): Promise<ReceiptView> {
    const at = { deployment, source, blockNumber };
    const [commitment, binding, seen] = await Promise.all([
      getRecordedCommitment(client, { ...at, commitId }),
      getBinding(client, { ...at, commitId }),
      Promise.all(disputes.map((disputeId) => disputeView(client, disputeId, commitId, blockNumber))),
    ]);
    const retired = journal.programs.get(programId)?.state === "retired";
    return { commitId, commitment, binding, disputes: seen, tier: await tierOf(version), retired };
  }

  async function disputeView(
    client: PublicClient,
    disputeId: Hex,
    commitId: Hex,
    blockNumber: bigint,
  ): Promise<DisputeView> {
    const at = { deployment, source, blockNumber };
    const dispute = await getDispute(client, { ...at, disputeId });
    const reveal = await getReveal(client, { ...at, commitId, node: dispute.node });
    return { disputeId, dispute, reveal, settled: false };
  }

  async function tierOf(version: number): Promise<Tier> {
    const tier =
      tiers.get(version) ?? (await endpoints.use((client) => getTier(client, { deployment, version })));
    tiers.set(version, tier);
    return tier;
  }

  async function act(poke: ReceiptPoke, signal: AbortSignal): Promise<void> {
    await conduct.send(poke.kind, subjectOf(poke), receiptSend(deployment, poke), signal);
    metrics.keeper.pokes.add({ call: poke.kind, outcome: "done" });
  }

  return createRole<ReceiptPoke>({
    ...options,
    name: "receipt keeper",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf: (poke) => `${poke.kind}:${subjectOf(poke)}`,
  });
}

/** What a poke is about. */
export function subjectOf(poke: ReceiptPoke): Hex {
  if ("commitId" in poke) return poke.commitId;
  if ("disputeId" in poke) return poke.disputeId;
  return poke.kind === "timeoutDemand" ? poke.demandId : poke.channelId;
}

/** The transaction behind a poke. */
export function receiptSend(deployment: Deployment, poke: ReceiptPoke): SendRequest {
  const key = `${poke.kind}:${subjectOf(poke)}`;
  switch (poke.kind) {
    case "finalizeReceipt":
      return { key, call: finalizeReceiptCall({ deployment, ...poke }), done: ["WrongCommitmentStatus"] };
    case "refundReceipt":
      return {
        key,
        call: refundRetiredReceiptCall({ deployment, ...poke }),
        done: ["WrongCommitmentStatus"],
      };
    case "settleReceipt":
      return {
        key,
        call: settleSlashCall({ deployment, source, ...poke }),
        done: ["AlreadySettled", "WrongCommitmentStatus"],
      };
    case "timeoutReceiptDispute":
      return {
        key,
        call: timeoutDisputeCall({ deployment, source, ...poke }),
        done: ["DisputeNotOpen", "ClockRunning"],
      };
    case "timeoutDemand": {
      const call =
        poke.of === "inclusion"
          ? timeoutInclusionCall({ deployment, receipt: poke.receipt })
          : timeoutReceiptCall({ deployment, ...poke });
      return { key, call, done: ["DemandNotOpen"] };
    }
    case "collectOwed":
      return {
        key: `${key}:${poke.owed}`,
        call: collectOwedCall({ deployment, channelId: poke.channelId }),
        done: ["NothingOwed"],
      };
  }
}
