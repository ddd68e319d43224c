// What a worker has signed, channel by channel and epoch by epoch: in the journal before anybody sees it.
import type { Deployment } from "@assay/sdk";
import { EpochTree, type Hex, type Receipt, type SessionSignature, type Voucher } from "@assay/sdk/protocol";
import type { Address } from "viem";
import { most } from "../bigints.ts";
import type { Journal } from "../store/journal.ts";
import { createOpenReceipts, type ReceiptCount } from "./openReceipts.ts";
import { commitIdOf, idOf } from "./references.ts";

/** A receipt of this worker; without a signature nobody has it. */
export type IssuedReceipt = {
  receiptId: Hex;
  commitId: Hex;
  epoch: bigint;
  receipt: Receipt;
  signature?: SessionSignature;
};

/** A voucher with its payer's signature. */
export type SignedVoucher = { voucher: Voucher; signature: Hex };

/** The receipts of one tier and epoch, in the order of its tree once it is closed. */
export type OwnEpoch = { version: number; epoch: bigint; endsAt: bigint; receiptIds: readonly Hex[] };

/** `closed`: its root is decided and nothing more goes into it. */
export type EpochState = "open" | "closed" | "posted";

type Account = {
  /** Fees of every receipt so far. */
  owed: bigint;
  /** The highest so far. */
  voucher?: SignedVoucher;
};

export type ReceiptBook = {
  /** Liability of receipts that can still be opened and were not. @param opened Commitment ids. */
  openLiability(channelId: Hex, now: bigint, opened: readonly Hex[]): bigint;
  /** Receipts that can still be opened. */
  openCounts(now: bigint): ReceiptCount[];
  account(channelId: Hex): Readonly<Account>;
  accounts(): (Account & { channelId: Hex })[];
  /** The first second at which a receipt of `version` may be issued: what was closed stays closed. */
  earliest(version: number): bigint;
  /**
   * Writes down a receipt with its input and output, before it is signed.
   * @throws ConflictingAnswerError when the same question was answered otherwise before.
   */
  record(receipt: Receipt, epoch: { number: bigint; endsAt: bigint }, payload: Payload): IssuedReceipt;
  /** Writes down a signature, the fee and the voucher that pays for it: from then on the receipt may be handed out. */
  sign(receiptId: Hex, signature: SessionSignature, voucher: SignedVoucher | undefined): void;
  /** Nobody will ever have the receipt. */
  abandon(receiptId: Hex): void;
  get(receiptId: Hex): IssuedReceipt | undefined;
  ofCommitment(commitId: Hex): IssuedReceipt | undefined;
  /** The signed receipt that came with this voucher. */
  paidBy(voucher: Voucher): IssuedReceipt | undefined;
  inputOf(receiptId: Hex): Uint8Array | undefined;
  outputOf(receiptId: Hex): Uint8Array | undefined;
  /** The bytes with that root, if a receipt that is not private has them. */
  publicInputOf(inputRoot: Hex): Uint8Array | undefined;
  epochs(...states: EpochState[]): (OwnEpoch & { state: EpochState })[];
  epoch(version: number, epoch: bigint): (OwnEpoch & { state: EpochState }) | undefined;
  /** Decides what is in an epoch; undefined while one of its receipts is being signed. */
  close(version: number, epoch: bigint): OwnEpoch | undefined;
  markPosted(version: number, epoch: bigint): void;
  receiptsOf(epoch: OwnEpoch): SignedOwn[];
  /** Those of one channel, in the order of the tree. */
  receiptsIn(epoch: OwnEpoch, channelId: Hex): SignedOwn[];
  treeOf(epoch: OwnEpoch): EpochTree;
  /**
   * Forgets epochs that ended before `endedBefore` says of their version, with their receipts, but for those that somebody
   * still asks about. What was answered stays with the journal.
   */
  prune(endedBefore: (version: number) => bigint, isNeeded: (commitId: Hex) => boolean): void;
};

type SignedOwn = IssuedReceipt & { signature: SessionSignature };

type Payload = { input: Uint8Array; output: Uint8Array };

const keyOf = (version: number, epoch: bigint): string => `${version}:${epoch}`;
const keyOfVoucher = ({ channelId, total }: Voucher): string => `${channelId}:${total}`;

export function createReceiptBook(journal: Journal, deployment: Deployment, worker: Address): ReceiptBook {
  const issued = journal.notes<IssuedReceipt, "recorded" | "signed">("issued");
  const epochs = journal.notes<OwnEpoch, EpochState>("issuedEpochs");
  const accounts = journal.notes<Account, "open">("channelAccounts");
  const byRoot = journal.notes<{ receiptId: Hex }, "public">("publicInputs");
  const byCommit = journal.notes<{ receiptId: Hex }, "open">("issuedCommitments");
  const byVoucher = journal.notes<{ receiptId: Hex }, "open">("issuedVouchers");
  /** Recorded by this process and not signed yet; those of an earlier one never will be. */
  const signing = new Set<Hex>();
  const open = createOpenReceipts();
  for (const { data } of issued.list({ states: ["signed"] })) open.add(data);

  const account = (channelId: Hex): Account => accounts.get(channelId)?.data ?? { owed: 0n };
  const get = (receiptId: Hex) => issued.get(receiptId)?.data;
  const ofCommitment = (commitId: Hex) => {
    const found = byCommit.get(commitId);
    return found && get(found.data.receiptId);
  };

  function record(
    receipt: Receipt,
    { number, endsAt }: { number: bigint; endsAt: bigint },
    payload: Payload,
  ): IssuedReceipt {
    const receiptId = idOf(deployment, receipt);
    const { programId, inputRoot, outputRoot, passes, version, session } = receipt;
    const one: IssuedReceipt = {
      receiptId,
      commitId: commitIdOf(deployment, receipt, worker),
      epoch: number,
      receipt,
    };
    const key = keyOf(version, number);
    journal.transact(() => {
      // INVARIANT (S-10, S-11): input, output and answer are on the disk before a key signs.
      const answer = { requestId: receiptId, programId, inputRoot, outputRoot, passes };
      journal.recordAnswer(answer, payload, session);
      issued.put(receiptId, "recorded", one);
      byCommit.put(one.commitId, "open", { receiptId });
      const epoch = epochs.get(key)?.data ?? { version, epoch: number, endsAt, receiptIds: [] };
      epochs.put(key, "open", { ...epoch, receiptIds: [...epoch.receiptIds, receiptId] });
      if (!receipt.isPrivate) byRoot.put(inputRoot, "public", { receiptId });
    });
    signing.add(receiptId);
    return one;
  }

  function sign(receiptId: Hex, signature: SessionSignature, voucher: SignedVoucher | undefined): void {
    const one = { ...get(receiptId)!, signature };
    const { channelId, fee } = one.receipt;
    journal.transact(() => {
      issued.put(receiptId, "signed", one);
      const before = account(channelId);
      const isHigher = voucher && voucher.voucher.total > (before.voucher?.voucher.total ?? 0n);
      const after = { ...before, owed: before.owed + fee, ...(isHigher && { voucher }) };
      accounts.put(channelId, "open", after);
      if (voucher) byVoucher.put(keyOfVoucher(voucher.voucher), "open", { receiptId });
    });
    signing.delete(receiptId);
    open.add(one);
  }

  const withState = ({ state, data }: { state: EpochState; data: OwnEpoch }) => ({ ...data, state });

  function close(version: number, number: bigint): OwnEpoch | undefined {
    const item = epochs.get(keyOf(version, number));
    if (item === undefined || item.state !== "open") return item?.data;
    if (item.data.receiptIds.some((id) => signing.has(id))) return undefined;
    const receiptIds = item.data.receiptIds.filter((id) => get(id)?.signature !== undefined);
    // Those that were never signed are nobody's.
    for (const id of item.data.receiptIds) if (!receiptIds.includes(id)) forget(id);
    const closed = { ...item.data, receiptIds };
    epochs.put(item.id, "closed", closed);
    return closed;
  }

  function forget(receiptId: Hex): void {
    const one = get(receiptId);
    if (one === undefined) return;
    const { commitId, receipt } = one;
    if (byRoot.get(receipt.inputRoot)?.data.receiptId === receiptId) byRoot.remove(receipt.inputRoot);
    byCommit.remove(commitId);
    issued.remove(receiptId);
    journal.forgetCase(commitId, receiptId);
  }

  function prune(endedBefore: (version: number) => bigint, isNeeded: (commitId: Hex) => boolean): void {
    const posted = epochs.list({ states: ["posted"] });
    for (const { id, data } of posted) {
      const { version, endsAt, receiptIds } = data;
      const isNeededStill = receiptIds.some((one) => isNeeded(get(one)?.commitId ?? one));
      // The last one says from when on receipts may be issued.
      const isLast = !posted.some((other) => other.data.version === version && other.data.endsAt > endsAt);
      if (endsAt >= endedBefore(version) || isNeededStill || isLast) continue;
      journal.transact(() => {
        for (const one of receiptIds) forget(one);
        epochs.remove(id);
      });
    }
    for (const { id, data } of byVoucher.list()) if (get(data.receiptId) === undefined) byVoucher.remove(id);
  }

  function receiptsOf({ receiptIds }: OwnEpoch): SignedOwn[] {
    return receiptIds.flatMap((id) => {
      const one = get(id);
      return one?.signature ? [{ ...one, signature: one.signature }] : [];
    });
  }

  return {
    openLiability: (channelId, now, opened) => {
      open.expire(now);
      const known = opened.flatMap((commitId) => ofCommitment(commitId) ?? []);
      return known
        .filter(({ receiptId, receipt }) => receipt.channelId === channelId && open.has(receiptId))
        .reduce((sum, { receipt }) => sum - receipt.liability, open.liabilityOf(channelId));
    },
    openCounts: (now) => {
      open.expire(now);
      return open.counts();
    },
    account,
    accounts: () => accounts.list().map(({ id, data }) => ({ ...data, channelId: id as Hex })),
    earliest: (version) =>
      epochs
        .list({ states: ["closed", "posted"] })
        .filter(({ data }) => data.version === version)
        .reduce((latest, { data }) => most(data.endsAt, latest), 0n),
    record,
    sign,
    abandon: (receiptId) => {
      signing.delete(receiptId);
    },
    get,
    ofCommitment,
    paidBy: (voucher) => {
      const one = byVoucher.get(keyOfVoucher(voucher));
      const found = one && get(one.data.receiptId);
      return found?.signature && found;
    },
    inputOf: journal.inputOf,
    outputOf: journal.outputOf,
    publicInputOf: (inputRoot) => {
      const found = byRoot.get(inputRoot);
      return found && journal.inputOf(found.data.receiptId);
    },
    epochs: (...states) => epochs.list({ states }).map(withState),
    epoch: (version, number) => {
      const item = epochs.get(keyOf(version, number));
      return item && withState(item);
    },
    close,
    markPosted: (version, number) => {
      epochs.update(keyOf(version, number), () => ({ state: "posted" }));
    },
    prune,
    receiptsOf,
    receiptsIn: (epoch, channelId) =>
      receiptsOf(epoch).filter(({ receipt }) => receipt.channelId === channelId),
    treeOf: (epoch) =>
      new EpochTree(
        receiptsOf(epoch).map(({ receiptId, receipt }) => ({
          receiptId,
          channelId: receipt.channelId,
          liability: receipt.liability,
        })),
      ),
  };
}
