// Receipts under audit as a watchtower's plan takes them: what nobody opened from the receipt itself, the rest from the chain.
import type { Deployment } from "@assay/sdk";
import { EMPTY, type Hex } from "@assay/sdk/protocol";
import { zeroAddress } from "viem";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import type { Tiers } from "../chain/tiers.ts";
import type { PinnedRead } from "../roles/chainViews.ts";
import type { Journal } from "../store/journal.ts";
import { isSame } from "../strategy/claims.ts";
import type { CommitmentView } from "../strategy/views.ts";
import type { Audit, AuditBook } from "./auditBook.ts";
import { type ReceiptView, readReceiptView } from "./references.ts";

export type AuditViews = {
  /**
   * @param isConcerned Which of them are looked at besides those with own disputes.
   * @param now Of the newest block, unix seconds.
   */
  read(pinned: PinnedRead, isConcerned: (audit: Audit) => boolean, now: bigint): Promise<CommitmentView[]>;
};

export function createAuditViews({
  journal,
  deployment,
  book,
  tiers,
  challenger,
}: {
  journal: Journal;
  deployment: Deployment;
  book: AuditBook;
  tiers: Tiers;
  challenger: Hex;
}): AuditViews {
  const books = createReceiptBooks(journal);

  let own: ReturnType<AuditBook["disputes"]> = new Map();

  const isUnsettled = ({ commitId }: Audit): boolean =>
    (own.get(commitId) ?? []).some(({ state }) => state === "open" || state === "ended");

  /** Late ones are closed; of private ones only the payer's own can be disputed, and only with the input. */
  function isConcern(audit: Audit, isConcerned: (audit: Audit) => boolean, now: bigint): boolean {
    if (isUnsettled(audit)) return true;
    const { commitId, receipt, receiptId } = audit;
    const isOpened = books.isOpen(commitId);
    if (now > receipt.challengeUntil && !isOpened) {
      book.change(commitId, {}, "closed");
      return false;
    }
    const payer = books.channel(receipt.channelId)?.payer ?? zeroAddress;
    if (receipt.isPrivate && (!isSame(payer, challenger) || !journal.hasInput(receiptId))) return false;
    return isConcerned(audit);
  }

  async function read(
    pinned: PinnedRead,
    isConcerned: (audit: Audit) => boolean,
    now: bigint,
  ): Promise<CommitmentView[]> {
    own = book.disputes();
    const selected = book.list("open").filter((audit) => isConcern(audit, isConcerned, now));
    const opened = selected.filter(
      (audit) => books.opened(audit.commitId) !== undefined || isUnsettled(audit),
    );
    const seen = new Map<Hex, ReceiptView>();
    if (opened.length > 0) {
      const { value } = await pinned((client, { number: blockNumber }) =>
        Promise.all(
          opened.map((audit) =>
            readReceiptView(client, { deployment, blockNumber }, audit, disputesOf(audit)),
          ),
        ),
      );
      for (const view of value) seen.set(view.commitId, view);
    }
    const views: CommitmentView[] = [];
    for (const audit of selected) {
      book.fetchPosted(audit);
      views.push(await viewOf(audit, seen.get(audit.commitId)));
    }
    return views;
  }

  const disputesOf = ({ commitId }: Audit) =>
    (own.get(commitId) ?? []).map(({ disputeId, state }) => ({ disputeId, settled: state === "settled" }));

  async function viewOf(audit: Audit, seen: ReceiptView | undefined): Promise<CommitmentView> {
    const { commitId, receiptId, receipt, worker } = audit;
    const { programId, inputRoot, outputRoot, passes, fee, version, channelId, sequence } = receipt;
    const requester = books.channel(channelId)?.payer ?? zeroAddress;
    const isRecorded = seen !== undefined && seen.status !== "none";
    return {
      requestId: receiptId,
      request: {
        ...{ requester, salt: sequence, programId, inputRoot, inputPosted: false, fee, version, worker },
        ...{ method: "optimistic", level: "final", consumer: zeroAddress, callbackGas: 0 },
      },
      tier: await tiers.get(version),
      retired: journal.programs.get(programId)?.state === "retired",
      ...(isRecorded
        ? seen
        : {
            commitId,
            state: { status: "committed", deadline: receipt.challengeUntil, worker },
            commitment: { outputRoot, passes, holds: 0, slashedAt: 0n, settled: false },
            binding: { traceRoot: EMPTY, boundAt: 0n },
            disputes: [],
          }),
    };
  }

  return { read };
}
