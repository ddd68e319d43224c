// What a worker has signed survives restarts, and is forgotten when nobody can ask for it any more.
import type { Deployment } from "@assay/sdk";
import {
  byteRoot,
  generateSessionKey,
  type Hex,
  type Receipt,
  type SessionSigner,
  sessionSigner,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { zeroHash } from "viem";
import { createReceiptBook, type ReceiptBook } from "../../../node/receipts/book.ts";
import { idOf } from "../../../node/receipts/references.ts";
import { type Database, openDatabase } from "../../../node/store/database.ts";
import { createJournal, type Journal } from "../../../node/store/journal.ts";
import { temporaryFolder } from "../../helpers/nodeParts.ts";

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const account = `0x${"11".repeat(20)}` as const;
const deployment = { chainId: 31337, channels: `0x${"22".repeat(20)}` } as Deployment;
const channelId = word(7);
const programId = word(9);
const input = new Uint8Array(8).fill(3);
const output = new Uint8Array(4).fill(5);
const payload = { input, output };

describe("receipt book", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let database: Database;
  let journal: Journal;
  let book: ReceiptBook;
  let signer: SessionSigner;

  before(async () => {
    signer = await sessionSigner(await generateSessionKey());
  });
  beforeEach(() => {
    folder = temporaryFolder();
    open();
  });
  afterEach(() => {
    database.close();
    folder.remove();
  });

  function open(): void {
    database = openDatabase({ folder: folder.path });
    journal = createJournal(database, { now: () => 1_000, sleep: async () => {} });
    book = createReceiptBook(journal, deployment, account);
  }
  const restart = () => {
    database.close();
    open();
  };

  const receiptOf = (sequence: number, changes: Partial<Receipt> = {}): Receipt => ({
    ...{ channelId, session: 4n, sequence: BigInt(sequence), programId, inputRoot: byteRoot(input) },
    ...{ outputRoot: byteRoot(output), passes: 1, version: 1, isPrivate: false, fee: 10n, liability: 100n },
    ...{ issuedAt: 50n, challengeUntil: 170n, previous: zeroHash },
    ...changes,
  });
  const voucherOf = (total: bigint) => ({ voucher: { channelId, total }, signature: "0x01" as const });
  const epochOne = { number: 1n, endsAt: 60n };

  async function issue(sequence: number, epoch = epochOne, changes: Partial<Receipt> = {}): Promise<Hex> {
    const { receiptId } = book.record(receiptOf(sequence, changes), epoch, payload);
    book.sign(receiptId, await signer.sign(receiptId), voucherOf(10n * BigInt(sequence)));
    return receiptId;
  }

  it("S-12: holds what it stands for, what is owed and what was promised over restarts", async () => {
    await issue(1);
    const second = await issue(2);
    restart();
    expect(book.openLiability(channelId, 100n, [])).to.equal(200n);
    expect(book.account(channelId)).to.deep.include({ owed: 20n });
    expect(book.account(channelId).voucher?.voucher.total).to.equal(20n);
    expect(book.get(second)?.signature).to.not.equal(undefined);
    expect(book.openCounts(100n)).to.deep.equal([{ programId, version: 1, count: 2 }]);
    expect(book.openLiability(channelId, 171n, [])).to.equal(0n);
  });

  it("S-12: counts a receipt that was opened with the chain, and not twice", async () => {
    const receiptId = await issue(1);
    await issue(2);
    expect(book.openLiability(channelId, 100n, [book.get(receiptId)!.commitId])).to.equal(100n);
  });

  it("S-11: what a process wrote down and did not live to sign binds nobody, and costs nobody anything", async () => {
    const signed = await issue(1);
    const { receiptId } = book.record(receiptOf(2), epochOne, payload);
    expect(book.close(1, 1n)).to.equal(undefined); // it is being signed
    restart();
    expect(book.openLiability(channelId, 100n, [])).to.equal(100n);
    expect(book.account(channelId)).to.deep.include({ owed: 10n });
    expect(book.close(1, 1n)?.receiptIds).to.deep.equal([signed]);
    expect(book.get(receiptId)).to.equal(undefined);
  });

  it("S-11: refuses another answer to the same question, and writes nothing of it down", async () => {
    await issue(1);
    const other = receiptOf(2, { outputRoot: word(1) });
    expect(() => book.record(other, epochOne, payload)).to.throw("another answer");
    expect(book.get(idOf(deployment, other))).to.equal(undefined);
    expect(book.epoch(1, 1n)?.receiptIds).to.have.length(1);
  });

  it("closes an epoch once: what comes later goes into a later one", async () => {
    await issue(1);
    expect(book.earliest(1)).to.equal(0n);
    book.close(1, 1n);
    expect(book.earliest(1)).to.equal(60n);
    restart();
    expect(book.earliest(1)).to.equal(60n);
  });

  it("forgets posted epochs with all there is about them, not the last one, and not what is still open", async () => {
    const [old] = [await issue(1), await issue(2)];
    const disputed = await issue(3, { number: 2n, endsAt: 90n });
    const last = await issue(4, { number: 3n, endsAt: 120n });
    for (const number of [1n, 2n, 3n]) {
      book.close(1, number);
      book.markPosted(1, number);
    }
    const commitId = book.get(disputed)!.commitId;
    book.prune(
      () => 1_000n,
      (one) => one === commitId,
    );
    expect(book.get(old!)).to.equal(undefined);
    expect(book.inputOf(old!)).to.equal(undefined);
    expect(book.epoch(1, 1n)).to.equal(undefined);
    expect(book.inputOf(disputed)).to.deep.equal(input);
    expect(book.get(last)).to.not.equal(undefined);
    expect(book.earliest(1)).to.equal(120n);
    expect(book.account(channelId)).to.deep.include({ owed: 40n });
  });

  it("S-11: remembers an answer when its receipt is forgotten, until the key that signed it proves nothing", async () => {
    await issue(1);
    await issue(2, { number: 2n, endsAt: 90n });
    for (const number of [1n, 2n]) {
      book.close(1, number);
      book.markPosted(1, number);
    }
    book.prune(
      () => 1_000n,
      () => false,
    );
    const other = receiptOf(3, { outputRoot: word(1), session: 5n });
    expect(() => book.record(other, { number: 9n, endsAt: 999n }, payload)).to.throw("another answer");
    journal.forgetAnswers(4n);
    expect(book.record(other, { number: 9n, endsAt: 999n }, payload).epoch).to.equal(9n);
  });
});
