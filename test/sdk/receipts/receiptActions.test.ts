// What a payer does with a receipt: looks for it in its epoch, asks for it there, disputes it; and with its channels.
import {
  createPaymentBooks,
  InvalidReceiptError,
  NotDemandableError,
  ReceiptRightError,
  ReceiptWaitTimeoutError,
} from "@assay/sdk";
import { EpochTree, entryRootOf, epochSeconds, type Hex, receiptRootOf } from "@assay/sdk/protocol";
import { expect } from "chai";
import { parseEther, stringToBytes, zeroHash } from "viem";
import { cheatingPasses } from "../../helpers/cheat.ts";
import { executorOf, play } from "../../helpers/players.ts";
import { randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { joinReceiptWorker, type ReceiptPlayer } from "../../helpers/receiptPlayers.ts";
import { failure } from "../../helpers/scorerMarket.ts";
import { checkBooks, type Stage, setStage } from "../../helpers/stage.ts";

const manifest = stringToBytes("{}");
const flip = { slot: 0, element: 3, bit: 30 };

describe("receipts, once a payer has them", () => {
  let stage: Stage;
  let worker: ReceiptPlayer;
  let channelId: Hex;
  let liability: bigint;
  const random = new Random(67);
  let books = createPaymentBooks();

  const join = async (options: Parameters<typeof joinReceiptWorker>[2] = {}) => {
    worker = await joinReceiptWorker(stage.network, stage.library, options);
    await play(stage.network, [worker]);
  };
  beforeEach(async () => {
    stage = await setStage();
    books = createPaymentBooks();
    liability = stage.network.tier.minLock;
    const { requester, worker: owner } = stage.network.clients;
    const amount = parseEther("10");
    const opened = await requester.depositToChannel({ worker: stage.network.addresses.worker, amount });
    channelId = opened.channelId;
    await owner.allotStake({ channelId, amount: 4n * liability });
  });
  afterEach(async () => {
    await worker?.server.stop?.();
    worker?.leave();
    await stage.network.close();
  });

  const ask = async (isPrivate = false) => {
    const input = randomInput(stage.committed.program, random);
    const question = { url: worker.url, programId: stage.programId, channelId, books, input, isPrivate };
    return { ...(await stage.network.clients.requester.requestReceipt(question)), input };
  };
  const seconds = () => epochSeconds(stage.network.tier.receiptSeconds);
  const toEpoch = async (epoch: bigint) => {
    const left = epoch * seconds() - (await stage.network.now());
    if (left > 0n) await stage.network.advance(Number(left));
  };
  const allotment = async () => (await stage.network.clients.stranger.getChannel({ channelId })).allotment;

  describe("their place in an epoch", () => {
    it("S-12: is pending, and then shown and proven under the posted root, private ones too", async () => {
      await join();
      const { requester } = stage.network.clients;
      const answers = [await ask(), await ask(true), await ask()];
      const { receipt, epoch } = answers[1]!;
      const where = { url: worker.url, receipt };
      const early = await requester.getReceiptPlace(where);
      expect(early).to.include({ status: "pending", epoch, dueAt: (epoch + 2n) * seconds() });
      const waited = requester.watchReceipt({ ...where, pollingInterval: 10, timeout: 50 });
      expect(await failure(waited)).to.be.instanceOf(ReceiptWaitTimeoutError);
      const waiting = requester.watchReceipt({ ...where, pollingInterval: 10 });
      await toEpoch(answers[2]!.epoch + 1n);
      await play(stage.network, [worker]);
      const place = await waiting;
      if (place.status !== "included") throw new Error(place.status);
      expect(entryRootOf(channelId, place.entryProof)).to.equal(place.root);
      const { receiptsRoot, count, sum } = place.entryProof.entry;
      const { receiptId } = answers[1]!;
      const found = receiptRootOf({ receiptId, liability }, count, place.receiptProof);
      expect(found).to.deep.equal({ hash: receiptsRoot, sum });
    });

    it("S-12: left out: the list itself proves it, and a demand costs its worker the liability", async () => {
      await join();
      const { clients, addresses } = stage.network;
      const { receipt, signature, epoch } = await ask();
      await toEpoch(epoch + 1n);
      const others = [{ receiptId: zeroHash, channelId, liability }];
      const { root, count } = new EpochTree(others);
      await clients.worker.postEpoch({ worker: addresses.worker, version: 1, epoch, root, count });
      worker.role.book.receiptsOf = () => others.map(({ receiptId }) => ({ ...shown, receiptId })) as never;
      const shown = { receipt: { ...receipt, isPrivate: true }, signature };
      const where = { url: worker.url, receipt };
      expect((await clients.requester.watchReceipt(where)).status).to.equal("omitted");
      const early = clients.requester.demandInclusion({ receipt, signature });
      expect(await failure(early)).to.be.instanceOf(NotDemandableError);
      await toEpoch(epoch + 2n);
      const { deadline } = await clients.requester.demandInclusion({ receipt, signature });
      await stage.network.advance(Number(deadline - (await stage.network.now())) + 1);
      await clients.requester.timeoutInclusion({ receipt });
      expect(await allotment()).to.equal(3n * liability);
      await checkBooks(stage.network);
    });

    it("S-12: is unshown where the list gives another root or does not come, overdue where no root does", async () => {
      await join();
      const { clients, addresses } = stage.network;
      const { receipt, epoch } = await ask();
      const where = { url: worker.url, receipt, pollingInterval: 10 };
      await toEpoch(epoch + 2n);
      expect((await clients.requester.watchReceipt(where)).status).to.equal("overdue");
      const root: Hex = `0x${"33".repeat(32)}`;
      await clients.worker.postEpoch({ worker: addresses.worker, version: 1, epoch, root, count: 1 });
      expect(await clients.requester.watchReceipt(where)).to.include({ status: "unshown", root });
      const nowhere = { ...where, url: "http://127.0.0.1:1" };
      expect(await clients.requester.watchReceipt(nowhere)).to.include({ status: "unshown", root });
    });
  });

  describe("disputes", () => {
    it("S-12: are opened from a receipt alone where running the program gives something else", async () => {
      await join({ fast: executorOf(({ program }, input) => cheatingPasses(program, input, flip)) });
      const { receipt, signature, input, receiptId } = await ask();
      const { program } = stage.committed;
      const { stranger } = stage.network.clients;
      const evidence = { receipt, signature, input, program, manifest };
      const wrongInput = stranger.disputeReceipt({ ...evidence, input: randomInput(program, random) });
      expect(await failure(wrongInput)).to.be.instanceOf(InvalidReceiptError);
      const other = stranger.disputeReceipt({ ...evidence, manifest: stringToBytes("{ }") });
      expect(await failure(other)).to.be.instanceOf(InvalidReceiptError);
      const { commitId, disputeId } = await stranger.disputeReceipt(evidence);
      const { status, terms } = await stranger.getRecordedCommitment({ commitId, source: "channels" });
      expect({ status, subject: terms.subject }).to.deep.equal({ status: "open", subject: receiptId });
      expect((await stranger.getDispute({ disputeId, source: "channels" })).status).to.equal("open");
    });

    it("S-12: of private receipts are their payer's, who keeps the input", async () => {
      await join({ fast: executorOf(({ program }, input) => cheatingPasses(program, input, flip)) });
      const { receipt, signature, input } = await ask(true);
      const { program } = stage.committed;
      const { requester } = stage.network.clients;
      const evidence = { receipt, signature, input, program, manifest };
      const { receipt: sent } = await requester.disputeReceipt({ ...evidence, keepInput: true });
      const bytes = Buffer.from(input).toString("hex");
      expect(sent.logs.some(({ data }) => data.includes(bytes))).to.equal(false);
    });

    it("S-12: are not opened against a right one: the bond would be lost", async () => {
      await join();
      const { receipt, signature, input } = await ask();
      const { program } = stage.committed;
      const { requester } = stage.network.clients;
      const disputed = requester.disputeReceipt({ receipt, signature, input, program, manifest });
      expect(await failure(disputed)).to.be.instanceOf(ReceiptRightError);
    });
  });

  it("S-12: channels are listed by payer and by worker, the latest first", async () => {
    await join();
    const { clients, addresses } = stage.network;
    const amount = parseEther("1");
    const second = await clients.requester.depositToChannel({ worker: addresses.friend, amount });
    await clients.stranger.depositToChannel({ worker: addresses.friend, amount });
    const own = await clients.stranger.listChannels({ payer: addresses.requester });
    expect(own.channels.map((one) => one.channelId)).to.deep.equal([second.channelId, channelId]);
    expect(own.channels[1]).to.include({ allotment: 4n * liability, escrow: parseEther("10") });
    const friends = await clients.stranger.listChannels({ worker: addresses.friend });
    expect(friends.channels.map(({ payer }) => payer)).to.deep.equal([
      addresses.stranger,
      addresses.requester,
    ]);
    expect((await clients.stranger.listChannels()).channels.length).to.equal(3);
  });
});
