// What a worker has signed, channel by channel and epoch by epoch: in the journal before anybody sees it.
import type { Deployment } from "@assay/sdk";
import { EpochTree, type Hex, type Receipt, type SessionSignature, type Voucher } from "@assay/sdk/protocol";
import type { Address } from "viem";
import { most } from "../bigints.ts";
import type { Journal } from "../store/journal.ts";
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
  /** As the chain had it when it was looked at last. */
  paid: bigint;
};

export type ReceiptBook = {
  /** Opens the next session: no number is given out twice. */
  openSession(atLeast: bigint): bigint;
  /** Liability of receipts that can still be opened and were not. */
  openLiability(channelId: Hex, now: bigint, opened: ReadonlySet<Hex>): bigint;
  account(channelId: Hex): Readonly<Account>;
  accounts(): (Account & { channelId: Hex })[];
  setPaid(channelId: Hex, paid: bigint): void;
  /** The first second at which a receipt of `version` may be issued: what was closed stays closed. */
  earliest(version: number): bigint;
  /**
   * Writes down a receipt with its input and output, before it is signed, and the voucher that pays for it.
   * @throws ConflictingAnswerError when the same question was answered otherwise before.
   */
  record(
    receipt: Receipt,
    epoch: { number: bigint; endsAt: bigint },
    payload: Payload,
    voucher: SignedVoucher | undefined,
  ): IssuedReceipt;
  sign(receiptId: Hex, signature: SessionSignature): void;
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
  receiptsOf(epoch: OwnEpoch): (IssuedReceipt & { signature: SessionSignature })[];
  treeOf(epoch: OwnEpoch): EpochTree;
};

type Payload = { input: Uint8Array; output: Uint8Array };

const keyOf = (version: number, epoch: bigint): string => `${version}:${epoch}`;
const keyOfVoucher = ({ channelId, total }: Voucher): string => `${channelId}:${total}`;

export function createReceiptBook(journal: Journal, deployment: Deployment, worker: Address): ReceiptBook {
  const issued = journal.notes<IssuedReceipt, "recorded" | "signed">("issued");
  const epochs = journal.notes<OwnEpoch, EpochState>("issuedEpochs");
  const accounts = journal.notes<Account, "open">("channelAccounts");
  const sessions = journal.notes<{ last: bigint }, "open">("receiptSession");
  const byRoot = journal.notes<{ receiptId: Hex }, "public">("publicInputs");
  const byCommit = journal.notes<{ receiptId: Hex }, "open">("issuedCommitments");
  const byVoucher = journal.notes<{ receiptId: Hex }, "open">("issuedVouchers");
  /** Recorded by this process and not signed yet; those of an earlier one never will be. */
  const signing = new Set<Hex>();
  /** What may still be opened, by channel. */
  const open = new Map<Hex, IssuedReceipt[]>();
  for (const { data } of issued.list({ states: ["signed"] })) remember(data);

  function remember(one: IssuedReceipt): void {
    const { channelId } = one.receipt;
    const known = open.get(channelId);
    if (known) known.push(one);
    else open.set(channelId, [one]);
  }

  const account = (channelId: Hex): Account => accounts.get(channelId)?.data ?? { owed: 0n, paid: 0n };
  const get = (receiptId: Hex) => issued.get(receiptId)?.data;

  function record(
    receipt: Receipt,
    { number, endsAt }: { number: bigint; endsAt: bigint },
    payload: Payload,
    voucher: SignedVoucher | undefined,
  ): IssuedReceipt {
    const receiptId = idOf(deployment, receipt);
    const { channelId, programId, inputRoot, outputRoot, passes, version, fee } = receipt;
    const one: IssuedReceipt = {
      receiptId,
      commitId: commitIdOf(deployment, receipt, worker),
      epoch: number,
      receipt,
    };
    const key = keyOf(version, number);
    journal.transact(() => {
      // INVARIANT (S-10, S-11): input, output and answer are on the disk before a key signs.
      journal.recordAnswer({ requestId: receiptId, programId, inputRoot, outputRoot, passes }, payload);
      issued.put(receiptId, "recorded", one);
      byCommit.put(one.commitId, "open", { receiptId });
      const before = account(channelId);
      const isHigher = voucher && voucher.voucher.total > (before.voucher?.voucher.total ?? 0n);
      accounts.put(channelId, "open", {
        ...before,
        owed: before.owed + fee,
        ...(isHigher && { voucher }),
      });
      if (voucher) byVoucher.put(keyOfVoucher(voucher.voucher), "open", { receiptId });
      const epoch = epochs.get(key)?.data ?? { version, epoch: number, endsAt, receiptIds: [] };
      epochs.put(key, "open", { ...epoch, receiptIds: [...epoch.receiptIds, receiptId] });
      if (!receipt.isPrivate) byRoot.put(inputRoot, "public", { receiptId });
    });
    signing.add(receiptId);
    remember(one);
    return one;
  }

  const withState = ({ state, data }: { state: EpochState; data: OwnEpoch }) => ({ ...data, state });

  function close(version: number, number: bigint): OwnEpoch | undefined {
    const item = epochs.get(keyOf(version, number));
    if (item === undefined || item.state !== "open") return item?.data;
    if (item.data.receiptIds.some((id) => signing.has(id))) return undefined;
    const receiptIds = item.data.receiptIds.filter((id) => get(id)?.signature !== undefined);
    const closed = { ...item.data, receiptIds };
    epochs.put(item.id, "closed", closed);
    return closed;
  }

  function receiptsOf({ receiptIds }: OwnEpoch) {
    return receiptIds.flatMap((id) => {
      const one = get(id);
      return one?.signature ? [{ ...one, signature: one.signature }] : [];
    });
  }

  return {
    openSession: (atLeast) => {
      const last = sessions.get("session")?.data.last ?? 0n;
      const next = last + 1n > atLeast ? last + 1n : atLeast;
      sessions.put("session", "open", { last: next });
      return next;
    },
    openLiability: (channelId, now, opened) => {
      const still = (open.get(channelId) ?? []).filter(({ receipt }) => receipt.challengeUntil >= now);
      open.set(channelId, still);
      return still
        .filter(({ commitId }) => !opened.has(commitId))
        .reduce((sum, { receipt }) => sum + receipt.liability, 0n);
    },
    account,
    accounts: () => accounts.list().map(({ id, data }) => ({ ...data, channelId: id as Hex })),
    setPaid: (channelId, paid) => accounts.put(channelId, "open", { ...account(channelId), paid }),
    earliest: (version) =>
      epochs
        .list({ states: ["closed", "posted"] })
        .filter(({ data }) => data.version === version)
        .reduce((latest, { data }) => most(data.endsAt, latest), 0n),
    record,
    sign: (receiptId, signature) => {
      issued.update(receiptId, ({ data }) => ({ state: "signed", data: { ...data, signature } }));
      signing.delete(receiptId);
    },
    get,
    ofCommitment: (commitId) => {
      const found = byCommit.get(commitId);
      return found && get(found.data.receiptId);
    },
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
    receiptsOf,
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
