// What a watchtower knows of other workers' receipts: the epochs they posted, what it fetched, computed and disputes.
import type { Deployment } from "@assay/sdk";
import { byteRoot, type Hex, hexToBytes } from "@assay/sdk/protocol";
import { type Address, concat } from "viem";
import { isAboutReceipts, type ProtocolEvent } from "../chain/events.ts";
import type { Journal } from "../store/journal.ts";
import { isSame } from "../strategy/claims.ts";
import type { AnswerKey } from "../strategy/judgement.ts";
import { commitIdOf, idOf, type SignedReceipt } from "./references.ts";

/** A receipt under audit. */
export type Audit = SignedReceipt & {
  receiptId: Hex;
  commitId: Hex;
  worker: Address;
  /** Its own, so that a private receipt can be disputed by its payer only. */
  fast?: AnswerKey;
  reference?: AnswerKey;
  /** Looked for so often, in vain. */
  tries: number;
};

/** `seen`: not judged yet; `wrong`: two executors say so; `closed`: nothing can be done about it any more. */
export type AuditState = "seen" | "valid" | "wrong" | "closed";

export type PostedEpoch = {
  worker: Address;
  version: number;
  epoch: bigint;
  root: Hex;
  count: number;
  tries: number;
};

export type OwnDispute = { disputeId: Hex; commitId: Hex; bond: bigint };

export type AuditBook = {
  /** Takes in events in the transaction that stores them; a roll-back of their blocks undoes it. */
  take(events: readonly ProtocolEvent[]): void;
  add(signed: SignedReceipt, worker: Address, input?: Uint8Array): Audit;
  audits(...states: AuditState[]): (Audit & { state: AuditState })[];
  ofCommitment(commitId: Hex): (Audit & { state: AuditState }) | undefined;
  change(audit: Audit, state: AuditState, data?: Partial<Audit>): void;
  /** Kept, or posted on the chain because it was asked for. */
  inputOf(audit: Audit): Uint8Array | undefined;
  epochs(): PostedEpoch[];
  note(epoch: PostedEpoch, state: "open" | "done"): void;
  disputes(...states: ("open" | "ended" | "settled")[]): OwnDispute[];
  channelsOf(worker: Address): Hex[];
};

export function createAuditBook(journal: Journal, deployment: Deployment, challenger: Address): AuditBook {
  const audits = journal.notes<Audit, AuditState>("audits");
  const epochs = journal.notes<PostedEpoch, "open" | "done">("auditedEpochs");
  const disputes = journal.notes<OwnDispute, "open" | "ended" | "settled">("auditDisputes");
  const channels = journal.notes<{ channelId: Hex; worker: Address }, "open">("auditChannels");

  const epochKey = ({ worker, version, epoch }: Pick<PostedEpoch, "worker" | "version" | "epoch">) =>
    `${worker.toLowerCase()}:${version}:${epoch}`;

  function takeOne(event: ProtocolEvent): void {
    const block = event.blockNumber;
    const setDispute = (id: Hex, state: "ended" | "settled") =>
      disputes.update(id, (item) => ({ state: item.state === "settled" ? "settled" : state }), block);
    switch (event.eventName) {
      case "Deposited":
        if ("channelId" in event.args) {
          const { channelId, worker } = event.args as { channelId: Hex; worker: Address };
          channels.put(channelId, "open", { channelId, worker }, block);
        }
        return;
      case "EpochPosted": {
        const { worker, version, epoch, root, count } = event.args;
        epochs.put(epochKey(event.args), "open", { worker, version, epoch, root, count, tries: 0 }, block);
        return;
      }
      case "ReceiptShown": {
        const { receipt, signature, channelId } = event.args;
        const worker = channels.get(channelId)?.data.worker;
        if (worker) add({ receipt, signature }, worker);
        return;
      }
      case "TraceBound": {
        const { commitId, traceRoot: node, children } = event.args;
        journal.reveals.put(`${commitId}:${node}`, "inner", { commitId, node, children }, block);
        return;
      }
      case "NodeRevealed": {
        const { commitId, node, children } = event.args;
        journal.reveals.put(`${commitId}:${node}`, "inner", { commitId, node, children }, block);
        return;
      }
      case "TileRevealed": {
        const { commitId, node, tile } = event.args;
        journal.reveals.put(`${commitId}:${node}`, "tile", { commitId, node, tile }, block);
        return;
      }
      case "Challenged": {
        const { disputeId, commitId, bond, challenger: by } = event.args;
        if (isSame(by, challenger)) disputes.put(disputeId, "open", { disputeId, commitId, bond }, block);
        return;
      }
      case "DisputeEnded":
        setDispute(event.args.disputeId, "ended");
        return;
      case "DisputeSettled":
        setDispute(event.args.disputeId, "settled");
        return;
    }
  }

  function add(signed: SignedReceipt, worker: Address, input?: Uint8Array): Audit {
    const { receipt, signature } = signed;
    const commitId = commitIdOf(deployment, receipt, worker);
    const receiptId = idOf(deployment, receipt);
    const audit: Audit = { receipt, signature, receiptId, commitId, worker, tries: 0 };
    if (input && byteRoot(input) === receipt.inputRoot) journal.keepPayload(receiptId, "input", input);
    if (audits.get(commitId) === undefined) audits.put(commitId, "seen", audit);
    return audit;
  }

  const withState = ({ data, state }: { data: Audit; state: AuditState }) => ({ ...data, state });

  return {
    take: (events) => {
      for (const event of events) if (isAboutReceipts(deployment, event)) takeOne(event);
    },
    add,
    audits: (...states) => audits.list({ states }).map(withState),
    ofCommitment: (commitId) => {
      const item = audits.get(commitId);
      return item && withState(item);
    },
    change: ({ commitId }, state, data = {}) => {
      audits.update(commitId, (item) => ({ state, data: { ...item.data, ...data } }));
    },
    inputOf: ({ receiptId, commitId, receipt }) => {
      const kept = journal.inputOf(receiptId);
      if (kept) return kept;
      if (journal.inputRequests.get(commitId)?.state !== "shown") return undefined;
      const posted = hexToBytes(concat(journal.inputPiecesOf(commitId)));
      return byteRoot(posted) === receipt.inputRoot ? posted : undefined;
    },
    epochs: () => epochs.list({ states: ["open"] }).map(({ data }) => data),
    note: (epoch, state) => epochs.put(epochKey(epoch), state, epoch),
    disputes: (...states) => disputes.list({ states }).map(({ data }) => data),
    channelsOf: (worker) =>
      channels.list().flatMap(({ data }) => (isSame(data.worker, worker) ? [data.channelId] : [])),
  };
}
