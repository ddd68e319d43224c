// What a worker owes about its epochs: a root for each that is over, and an answer to whoever asks what is in it.
import { postEpochCall, showAbsenceCall, showInclusionCall, showReceiptCall } from "@assay/sdk";
import { epochOf, type Hex } from "@assay/sdk/protocol";
import type { Address } from "viem";
import { createReceiptBooks, type OpenDemand } from "../chain/receiptBooks.ts";
import type { SendRequest } from "../chain/sender.ts";
import type { Tiers } from "../chain/tiers.ts";
import type { Conduct } from "../roles/conduct.ts";
import type { RoleContext } from "../roles/context.ts";
import { isSame } from "../strategy/claims.ts";
import type { ReceiptBook } from "./book.ts";
import { idOf } from "./references.ts";

export type EpochAction =
  | { kind: "postEpoch"; version: number; epoch: bigint }
  | { kind: "answerDemand"; demand: OpenDemand };

export type EpochDuties = {
  plan(now: bigint): EpochAction[];
  act(action: EpochAction, signal: AbortSignal): Promise<void>;
};

export function createEpochDuties(
  {
    journal,
    deployment,
    account,
    book,
    tiers,
  }: Pick<RoleContext, "journal" | "deployment"> & {
    account: Address;
    book: ReceiptBook;
    tiers: Tiers;
  },
  conduct: Conduct,
): EpochDuties {
  const books = createReceiptBooks(journal);

  function plan(now: bigint): EpochAction[] {
    const demands = books
      .demands()
      .filter((demand) => demand.deadline >= now && isSame(demand.worker, account));
    const over = book.epochs("open", "closed").filter(({ endsAt }) => now >= endsAt);
    return [
      ...demands.map((demand) => ({ kind: "answerDemand", demand }) as const),
      ...over.map(({ version, epoch }) => ({ kind: "postEpoch", version, epoch }) as const),
    ];
  }

  function act(action: EpochAction, signal: AbortSignal): Promise<void> {
    return action.kind === "postEpoch" ? post(action, signal) : answer(action.demand, signal);
  }

  async function post(
    { version, epoch }: { version: number; epoch: bigint },
    signal: AbortSignal,
  ): Promise<void> {
    const closed = book.close(version, epoch);
    if (closed === undefined) return;
    const { root, count } = book.treeOf(closed);
    if (count > 0) {
      const call = postEpochCall({ deployment, worker: account, version, epoch, root, count });
      const key = `postEpoch:${version}:${epoch}`;
      await conduct.send("postEpoch", root, { key, call, done: ["EpochAlreadyPosted"] }, signal);
    }
    book.markPosted(version, epoch);
  }

  async function answer(demand: OpenDemand, signal: AbortSignal): Promise<void> {
    const call = demand.of === "inclusion" ? await inclusion(demand) : byNumber(demand);
    if (call === undefined) return;
    const { demandId, deadline } = demand;
    const key = `answerDemand:${demandId}`;
    const request: SendRequest = { key, call, deadline, urgent: true, done: ["DemandNotOpen"] };
    await conduct.send("answerDemand", demandId, request, signal);
  }

  /** Undefined while the root is not posted, and where there is nothing to show. */
  async function inclusion({
    demandId,
    receipt,
  }: Extract<OpenDemand, { of: "inclusion" }>): Promise<SendRequest["call"] | undefined> {
    const { version, channelId, issuedAt } = receipt;
    const { receiptSeconds } = await tiers.get(version);
    const epoch = book.epoch(version, epochOf(receiptSeconds, issuedAt));
    const receiptId = idOf(deployment, receipt);
    if (epoch === undefined || book.get(receiptId) === undefined) return foreign(demandId, channelId);
    if (epoch.state !== "posted") return undefined;
    const index = book.receiptsIn(epoch, channelId).findIndex((one) => one.receiptId === receiptId);
    if (index < 0) {
      conduct.alarm("receiptLeftOut", { demandId, channelId });
      return undefined;
    }
    const tree = book.treeOf(epoch);
    return showInclusionCall({
      deployment,
      receipt,
      entryProof: tree.entryProof(channelId),
      receiptProof: tree.receiptProof(channelId, index),
    });
  }

  function byNumber({
    demandId,
    version,
    epoch: number,
    channelId,
    index,
  }: Extract<OpenDemand, { of: "receipt" }>): SendRequest["call"] | undefined {
    const epoch = book.epoch(version, number);
    if (epoch === undefined) return foreign(demandId, channelId);
    if (epoch.state !== "posted") return undefined;
    const tree = book.treeOf(epoch);
    const entryProof = tree.entryProof(channelId);
    const asked = book.receiptsIn(epoch, channelId)[index];
    if (asked === undefined)
      return showAbsenceCall({ deployment, version, epoch: number, channelId, index, entryProof });
    const { receipt, signature } = asked;
    const receiptProof = tree.receiptProof(channelId, index);
    return showReceiptCall({ deployment, entryProof, receiptProof, receipt, signature });
  }

  /** It was signed with this worker's key, and this machine knows nothing of it: only a person can help. */
  function foreign(demandId: Hex, channelId: Hex): undefined {
    conduct.alarm("foreignReceipt", { demandId, channelId });
    return undefined;
  }

  return { plan, act };
}

/** The same for two actions that must not be done at once. */
export const keyOfEpochAction = (action: EpochAction): string =>
  action.kind === "postEpoch"
    ? `postEpoch:${action.version}:${action.epoch}`
    : `answerDemand:${action.demand.demandId}`;
