// What a watchtower knows of other workers' receipts: what it was handed and has fetched, and its own disputes about it.
import type { Deployment } from "@assay/sdk";
import { byteRoot, disputeStatuses, enumName, type Hex, hexToBytes, verdicts } from "@assay/sdk/protocol";
import { type Address, concat } from "viem";
import { isAboutReceipts, type ProtocolEvent } from "../chain/events.ts";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import type { Case, Cases } from "../roles/cases.ts";
import type { Journal } from "../store/journal.ts";
import { isSame } from "../strategy/claims.ts";
import { commitIdOf, idOf, type SignedReceipt } from "./references.ts";

/** A receipt under audit. */
export type Audit = SignedReceipt & {
  receiptId: Hex;
  commitId: Hex;
  worker: Address;
  /** Its epoch's root has it, or it was demanded that the worker shows so. */
  isPlaced?: boolean;
  /** We did something about it besides a dispute, and settle what comes of it. */
  acted?: boolean;
};

/** `valid`: found right, and looked at no more; `closed`: nothing can be done about it any more. */
export type AuditState = "open" | "valid" | "closed";

export type DisputeState = "open" | "ended" | "lost" | "settled";

export type OwnDispute = { disputeId: Hex; commitId: Hex; bond: bigint };

export type AuditBook = Cases & {
  /** Takes in events in the transaction that stores them; a roll-back of their blocks undoes it. */
  take(events: readonly ProtocolEvent[]): void;
  /**
   * Takes in a receipt whose signature is good. Undefined where its channel is not known.
   * @param options.handed Somebody gave it to us: whether its epoch has it is looked after as well.
   */
  add(signed: SignedReceipt, options: { handed: boolean; input?: Uint8Array }): Audit | undefined;
  list(...states: AuditState[]): (Audit & { state: AuditState })[];
  get(commitId: Hex): (Audit & { state: AuditState }) | undefined;
  byReceipt(receiptId: Hex): (Audit & { state: AuditState }) | undefined;
  change(commitId: Hex, data: Partial<Audit>, state?: AuditState): void;
  /** Handed ones whose place in their epoch is not settled. */
  handed(): (Audit & { state: AuditState })[];
  /** Our own, by commitment. */
  disputes(): ReadonlyMap<Hex, readonly (OwnDispute & { state: DisputeState })[]>;
  isDispute(disputeId: Hex): boolean;
  /** Puts the input where executions look for it, if it is known by now. */
  fetchPosted(audit: Audit): void;
  /** Forgets what is not open and could be challenged until before that second. */
  prune(before: bigint): void;
};

export function createAuditBook(journal: Journal, deployment: Deployment, challenger: Address): AuditBook {
  const audits = journal.notes<Audit, AuditState>("audits");
  const handedOver = journal.notes<{ commitId: Hex }, "open" | "done">("auditHanded");
  const byId = journal.notes<{ commitId: Hex }, "kept">("auditReceipts");
  const disputes = journal.notes<OwnDispute, DisputeState>("auditDisputes");
  const refutations = journal.notes<{ disputeId: Hex }, "kept">("refutation");
  const books = createReceiptBooks(journal);
  const withState = ({ data, state }: { data: Audit; state: AuditState }) => ({ ...data, state });

  function takeOne(event: ProtocolEvent): void {
    const block = event.blockNumber;
    const setDispute = (id: Hex, state: DisputeState) =>
      disputes.update(id, (item) => ({ state: item.state === "settled" ? "settled" : state }), block);
    switch (event.eventName) {
      case "ReceiptShown": {
        const { receipt, signature } = event.args;
        add({ receipt, signature }, { handed: false });
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
      case "StepProved": {
        const { disputeId, commitId, verdict } = event.args;
        const programId = audits.get(commitId)?.data.receipt.programId;
        const isRefuted = enumName(verdicts, verdict) === "correct" && disputes.get(disputeId) !== undefined;
        if (isRefuted && programId && !refutations.get(programId))
          refutations.put(programId, "kept", { disputeId }, block);
        return;
      }
      case "DisputeEnded":
        setDispute(
          event.args.disputeId,
          enumName(disputeStatuses, event.args.status) === "lost" ? "lost" : "ended",
        );
        return;
      case "DisputeSettled":
        setDispute(event.args.disputeId, "settled");
        return;
    }
  }

  function add(
    { receipt, signature }: SignedReceipt,
    { handed, input }: { handed: boolean; input?: Uint8Array },
  ): Audit | undefined {
    const worker = books.channel(receipt.channelId)?.worker;
    if (worker === undefined) return undefined;
    const commitId = commitIdOf(deployment, receipt, worker);
    const receiptId = idOf(deployment, receipt);
    if (input && byteRoot(input) === receipt.inputRoot) journal.keepPayload(receiptId, "input", input);
    if (handed && !handedOver.get(commitId)) handedOver.put(commitId, "open", { commitId });
    const known = audits.get(commitId);
    if (known) return known.data;
    const audit: Audit = { receipt, signature, receiptId, commitId, worker };
    audits.put(commitId, "open", audit);
    byId.put(receiptId, "kept", { commitId });
    return audit;
  }

  function change(commitId: Hex, data: Partial<Audit>, state?: AuditState): void {
    audits.update(commitId, (item) => ({
      state: state ?? item.state,
      data: { ...item.data, ...data },
    }));
  }

  function of(commitId: Hex): Case | undefined {
    const item = audits.get(commitId);
    if (item === undefined) return undefined;
    const { receiptId, worker, receipt } = item.data;
    const { programId, inputRoot, outputRoot, passes, liability, challengeUntil } = receipt;
    return {
      ...{ commitId, source: "channels", subject: receiptId },
      ...{ programId, inputRoot, outputRoot, passes, worker },
      lock: liability,
      until: challengeUntil,
      stands: true,
      seen: item.updated,
    };
  }

  return {
    of,
    take: (events) => {
      for (const event of events) if (isAboutReceipts(deployment, event)) takeOne(event);
    },
    add,
    list: (...states) => audits.list({ states }).map(withState),
    get: (commitId) => {
      const item = audits.get(commitId);
      return item && withState(item);
    },
    byReceipt: (receiptId) => {
      const found = byId.get(receiptId);
      const item = found && audits.get(found.data.commitId);
      return item && withState(item);
    },
    change: (commitId, data, state) => {
      change(commitId, data, state);
      if (data.isPlaced) handedOver.update(commitId, () => ({ state: "done" }));
    },
    handed: () =>
      handedOver.list({ states: ["open"] }).flatMap(({ data }) => {
        const item = audits.get(data.commitId);
        return item ? [withState(item)] : [];
      }),
    disputes: () => {
      const found = new Map<Hex, (OwnDispute & { state: DisputeState })[]>();
      for (const { data, state } of disputes.list())
        found.set(data.commitId, [...(found.get(data.commitId) ?? []), { ...data, state }]);
      return found;
    },
    isDispute: (disputeId) => disputes.get(disputeId) !== undefined,
    fetchPosted: ({ receiptId, commitId, receipt }) => {
      if (journal.hasInput(receiptId) || journal.inputRequests.get(commitId)?.state !== "shown") return;
      const posted = hexToBytes(concat(journal.inputPiecesOf(commitId)));
      if (byteRoot(posted) === receipt.inputRoot) journal.keepPayload(receiptId, "input", posted);
    },
    prune: (before) => {
      const over = audits.list({ states: ["closed", "valid"] });
      const old = over.filter(({ data }) => data.receipt.challengeUntil < before);
      journal.transact(() => {
        for (const { data } of old) {
          const { commitId, receiptId } = data;
          if (books.isOpen(commitId)) continue;
          for (const one of disputes.list()) if (one.data.commitId === commitId) disputes.remove(one.id);
          journal.forgetCase(commitId, receiptId);
          byId.remove(receiptId);
          handedOver.remove(commitId);
          audits.remove(commitId);
        }
      });
    },
  };
}
