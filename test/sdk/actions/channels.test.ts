// Channels through the SDK: escrow and allotment, session keys, vouchers, and receipts from their signing to their end.
import {
  ChannelNotFoundError,
  CommitmentNotFoundError,
  InputOnChainError,
  InsufficientChannelError,
  InvalidVoucherError,
  NothingToRedeemError,
  NothingToTakeError,
  NotOverCommittedError,
  PrivateReceiptError,
  SessionKeyNotLiveError,
  verifyReceipt,
  WindowOpenError,
} from "@assay/sdk";
import {
  byteRoot,
  channelId as channelIdOf,
  EpochTree,
  generateSessionKey,
  type Hex,
  type Receipt,
  receiptId as receiptIdOf,
  type SessionSigner,
  sessionSigner,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { parseEther, zeroHash } from "viem";
import { sample, scorer, scorerId, scorerManifest } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

const lie = sample.output.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
const allotment = parseEther("300");
const liability = parseEther("100");

describe("channel actions", () => {
  let market: ScorerMarket;
  let channelId: Hex;
  let signer: SessionSigner;
  before(async () => {
    market = await createScorerMarket();
    const { requester, worker } = market.clients;
    const opened = await requester.depositToChannel({
      worker: market.addresses.worker,
      amount: parseEther("20"),
    });
    channelId = opened.channelId;
    await worker.allotStake({ channelId, amount: allotment });
    signer = await sessionSigner(await generateSessionKey());
    await worker.setSessionKey({ worker: market.addresses.worker, x: signer.x, y: signer.y });
  });
  isolated(() => market);

  const pass = async (deadline: bigint) => market.advance(Number(deadline - (await market.now())) + 1);

  /** A receipt of the worker for the sample, signed. */
  async function issue(changes: Partial<Receipt> = {}, output: Uint8Array = sample.output) {
    const issuedAt = await market.now();
    const receipt: Receipt = {
      channelId,
      session: 1n,
      sequence: 1n,
      programId: scorerId,
      inputRoot: byteRoot(sample.input),
      outputRoot: byteRoot(output),
      passes: 1,
      version: 1,
      isPrivate: false,
      fee: parseEther("1"),
      liability,
      issuedAt,
      challengeUntil: issuedAt + 120n,
      previous: zeroHash,
      ...changes,
    };
    const { chainId, channels } = market.deployment;
    const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
    return { receipt, receiptId, signature: await signer.sign(receiptId), input: sample.input };
  }

  describe("escrow and allotment", () => {
    it("S-12: opens a channel of the id that both sides compute, and reads it", async () => {
      const { requester: payer, worker } = market.addresses;
      const { chainId, channels } = market.deployment;
      expect(channelId).to.equal(channelIdOf({ chainId: BigInt(chainId), channels, payer, worker }));
      const channel = await market.clients.stranger.getChannel({ channelId });
      expect(channel).to.include({ payer, worker, escrow: parseEther("20"), allotment, backing: allotment });
      const unknown = market.clients.stranger.getChannel({ channelId: zeroHash });
      expect(await failure(unknown)).to.be.instanceOf(ChannelNotFoundError);
    });

    it("S-12: lets escrow leave after the unbonding delay", async () => {
      const { requester } = market.clients;
      const before = await market.balanceOf(market.addresses.requester);
      const amount = parseEther("8");
      const { leaving, availableAt } = await requester.requestEscrow({ channelId, amount });
      expect(leaving).to.equal(amount);
      expect(await failure(requester.takeEscrow({ channelId }))).to.be.instanceOf(NothingToTakeError);
      await pass(availableAt);
      expect((await requester.takeEscrow({ channelId })).amount).to.equal(amount);
      expect(await market.balanceOf(market.addresses.requester)).to.equal(before + amount);
      const more = requester.requestEscrow({ channelId, amount: parseEther("13") });
      expect(await failure(more)).to.be.instanceOf(InsufficientChannelError);
    });

    it("S-12: lets allotment leave after the unbonding delay, and backs nothing with it meanwhile", async () => {
      const { worker } = market.clients;
      const owner = market.addresses.worker;
      const { free } = await worker.getAccount({ owner });
      const { leaving, availableAt } = await worker.requestDeallot({ channelId, amount: liability });
      expect(leaving).to.equal(liability);
      expect((await worker.getChannel({ channelId })).backing).to.equal(allotment - liability);
      await pass(availableAt);
      expect((await worker.takeAllotment({ channelId })).amount).to.equal(liability);
      expect((await worker.getAccount({ owner })).free).to.equal(free + liability);
    });
  });

  describe("vouchers", () => {
    it("S-12: pay the difference to what was paid, as far as the escrow reaches", async () => {
      const { requester, worker } = market.clients;
      const to = market.addresses.publisher;
      const before = await market.balanceOf(to);
      const first = await requester.signVoucher({ channelId, total: parseEther("3") });
      const second = await requester.signVoucher({ channelId, total: parseEther("5") });
      expect((await worker.redeemVouchers({ vouchers: [first], to })).amount).to.equal(parseEther("3"));
      expect((await worker.redeemVouchers({ vouchers: [second], to })).amount).to.equal(parseEther("2"));
      const again = worker.redeemVouchers({ vouchers: [first], to });
      expect(await failure(again)).to.be.instanceOf(NothingToRedeemError);
      const huge = await requester.signVoucher({ channelId, total: parseEther("99") });
      expect((await worker.redeemVouchers({ vouchers: [huge], to })).amount).to.equal(parseEther("15"));
      expect(await market.balanceOf(to)).to.equal(before + parseEther("20"));
      expect(await worker.getChannel({ channelId })).to.include({ escrow: 0n, paid: parseEther("20") });
    });

    it("S-12: are good from their payer only", async () => {
      const forged = await market.clients.stranger.signVoucher({ channelId, total: 1n });
      const redeemed = market.clients.worker.redeemVouchers({ vouchers: [forged] });
      expect(await failure(redeemed)).to.be.instanceOf(InvalidVoucherError);
    });
  });

  describe("session keys", () => {
    it("S-12: sign until their revocation matures", async () => {
      const { worker, stranger, challenger } = market.clients;
      const key = { worker: market.addresses.worker, x: signer.x, y: signer.y };
      expect(await stranger.getSessionKey(key)).to.deep.equal({ authorised: true, until: undefined });
      const { until } = await worker.revokeSessionKey(key);
      expect(await stranger.getSessionKey(key)).to.deep.equal({ authorised: true, until });
      await challenger.challengeReceipt(await issue());
      const other = { ...key, x: key.y };
      expect(await stranger.getSessionKey(other)).to.deep.equal({ authorised: false, until: undefined });
      await pass(until);
      const late = challenger.challengeReceipt(await issue({ sequence: 2n }));
      expect(await failure(late)).to.be.instanceOf(SessionKeyNotLiveError);
    });
  });

  describe("receipts", () => {
    it("S-12: are recorded when somebody disputes them, and slash a worker that stays silent", async () => {
      const { challenger, stranger, requester } = market.clients;
      const issued = await issue({}, lie);
      const { receiptId } = issued;
      const source = "channels";
      const { commitId, disputeId, workerDeadline } = await challenger.challengeReceipt(issued);
      const commitment = await stranger.getCommitment({ commitId, source });
      expect(commitment).to.include({ recorded: true, status: "open", lock: liability, holds: 1 });
      expect(commitment.terms.subject).to.equal(receiptId);
      expect(await stranger.getClaim({ commitId, source })).to.include({ inputRoot: byteRoot(sample.input) });
      const again = await stranger.challenge({ commitId, source });
      expect(again.serial).to.equal(1);
      await pass(workerDeadline);
      expect((await stranger.timeoutDispute({ disputeId, source })).workerLost).to.equal(true);
      expect((await stranger.getDispute({ disputeId, source })).status).to.equal("won");
      await market.advance(31);
      const { compensation } = await stranger.settleSlash({ commitId, source });
      const { credit } = await requester.getAccount({ owner: market.addresses.requester });
      expect(credit).to.equal(compensation);
      expect((await stranger.getChannel({ channelId })).allotment).to.equal(allotment - liability);
    });

    it("S-12: are final after the window that opens when something is held against them", async () => {
      const { challenger, worker, stranger } = market.clients;
      const { receipt, signature } = await issue();
      const { commitId } = await challenger.requestInput({ receipt, signature });
      expect((await stranger.getChannel({ channelId })).reserved).to.equal(liability);
      await worker.postInput({ commitId, input: sample.input });
      const source = "channels";
      const { challengeUntil } = await stranger.getCommitment({ commitId, source });
      expect(await failure(stranger.finalizeReceipt({ commitId }))).to.be.instanceOf(WindowOpenError);
      await pass(challengeUntil);
      await stranger.finalizeReceipt({ commitId });
      expect((await stranger.getCommitment({ commitId, source })).status).to.equal("finalized");
      expect((await stranger.getChannel({ channelId })).reserved).to.equal(0n);
    });

    it("S-09: whose input was shown with a dispute are asked for it no more", async () => {
      const { challenger } = market.clients;
      const { commitId } = await challenger.challengeReceipt(await issue());
      const asked = challenger.requestInput({ commitId, source: "channels" });
      expect(await failure(asked)).to.be.instanceOf(InputOnChainError);
    });

    it("S-12: are nothing but their signature before", async () => {
      const { receiptId } = await issue();
      const read = market.clients.stranger.getCommitment({ commitId: receiptId, source: "channels" });
      expect(await failure(read)).to.be.instanceOf(CommitmentNotFoundError);
    });

    it("S-12: that are private concern their payer alone", async () => {
      const issued = await issue({ isPrivate: true });
      const { receipt, signature } = issued;
      const foreign = market.clients.challenger.challengeReceipt({ receipt, signature });
      expect(await failure(foreign)).to.be.instanceOf(PrivateReceiptError);
      await market.clients.requester.challengeReceipt({ receipt, signature });
    });

    it("S-11: contradict published answers as those contradict each other", async () => {
      const { stranger } = market.clients;
      const answer = await market.answer();
      const { receipt, signature } = await issue({}, lie);
      const exposed = await stranger.exposeEquivocation({
        first: { commitId: answer.commitId },
        second: { receipt, signature },
      });
      expect(exposed).to.include({ firstSlashed: true, secondSlashed: true });
      expect((await stranger.getChannel({ channelId })).allotment).to.equal(allotment - liability);
    });

    it("are checked against their channel, their key and the program", async () => {
      const { stranger } = market.clients;
      const { deployment } = market;
      const { receipt, signature } = await issue();
      const facts = await stranger.getReceiptFacts({ receipt, signature });
      const program = { program: scorer, manifest: scorerManifest };
      const given = { deployment, ...program, input: sample.input, output: sample.output, facts };
      const { valid, checks } = await verifyReceipt({ ...given, receipt, signature });
      expect(checks.filter(({ passed }) => !passed)).to.deep.equal([]);
      expect(valid).to.equal(true);
    });
  });

  describe("epochs", () => {
    /** Two receipts of the channel, the tree over them, and the epoch that both lie in. */
    async function epochOfTwo(each = liability) {
      const { stranger } = market.clients;
      const seconds = await stranger.getEpochSeconds({ version: 1 });
      const start = ((await market.now()) / seconds + 1n) * seconds;
      await market.advance(Number(start - (await market.now())));
      const receipts = [await issue({ liability: each }), await issue({ liability: each, sequence: 2n })];
      const epoch = receipts[0]!.receipt.issuedAt / seconds;
      const leaves = receipts.map(({ receipt, receiptId }) => ({
        channelId,
        receiptId,
        liability: receipt.liability,
      }));
      await pass((epoch + 1n) * seconds);
      return { epoch, receipts, tree: new EpochTree(leaves) };
    }

    const post = (epoch: bigint, { root, count }: EpochTree) => {
      const { worker } = market.addresses;
      return market.clients.worker.postEpoch({ worker, version: 1, epoch, root, count });
    };

    it("S-12: show where a receipt lies", async () => {
      const { requester, worker, stranger } = market.clients;
      const { epoch, receipts, tree } = await epochOfTwo();
      await post(epoch, tree);
      const owner = market.addresses.worker;
      expect(await stranger.getEpoch({ worker: owner, version: 1, epoch })).to.include({
        root: tree.root,
        count: 2,
      });
      const { receipt, signature } = receipts[1]!;
      await pass((epoch + 2n) * (await stranger.getEpochSeconds({ version: 1 })));
      const { demandId, bond } = await requester.demandInclusion({ receipt, signature });
      expect(await stranger.getDemand({ demandId })).to.include({
        status: "open",
        by: market.addresses.requester,
      });
      const entryProof = tree.entryProof(channelId);
      await worker.showInclusion({ receipt, entryProof, receiptProof: tree.receiptProof(channelId, 1) });
      expect((await stranger.getDemand({ demandId })).status).to.equal("answered");
      const { credit } = await worker.getAccount({ owner });
      expect(credit).to.equal((bond * 6n) / 10n);
    });

    it("S-12: slash a receipt that they leave out", async () => {
      const { requester, stranger } = market.clients;
      const { epoch, receipts } = await epochOfTwo();
      const [kept, left] = receipts as [(typeof receipts)[0], (typeof receipts)[0]];
      const leaf = { channelId, receiptId: kept.receiptId, liability: kept.receipt.liability };
      await post(epoch, new EpochTree([leaf]));
      await pass((epoch + 2n) * (await stranger.getEpochSeconds({ version: 1 })));
      const { demandId, deadline } = await requester.demandInclusion(left);
      await pass(deadline);
      await stranger.timeoutInclusion({ receipt: left.receipt });
      expect((await stranger.getDemand({ demandId })).status).to.equal("unanswered");
      const slashed = await stranger.getCommitment({ commitId: demandId, source: "channels" });
      expect(slashed.status).to.equal("slashed");
    });

    it("S-12: show a receipt by its number, or that there is none", async () => {
      const { stranger, challenger, worker } = market.clients;
      const { epoch, receipts, tree } = await epochOfTwo();
      await post(epoch, tree);
      const at = { version: 1, epoch, channelId };
      const entryProof = tree.entryProof(channelId);
      const one = await challenger.demandReceipt({ ...at, index: 0 });
      const { receipt, signature } = receipts[0]!;
      const receiptProof = tree.receiptProof(channelId, 0);
      await worker.showReceipt({ entryProof, receiptProof, receipt, signature });
      const none = await challenger.demandReceipt({ ...at, index: 2 });
      await worker.showAbsence({ ...at, index: 2, entryProof });
      for (const { demandId } of [one, none]) {
        expect((await stranger.getDemand({ demandId })).status).to.equal("answered");
      }
    });

    it("S-12: cost the allotment of a channel whose receipt cannot be shown", async () => {
      const { stranger, challenger } = market.clients;
      const { epoch, tree } = await epochOfTwo();
      await post(epoch, tree);
      const at = { version: 1, epoch, channelId, index: 1 };
      const { deadline } = await challenger.demandReceipt(at);
      await pass(deadline);
      await stranger.timeoutReceipt(at);
      expect((await stranger.getChannel({ channelId })).allotment).to.equal(0n);
    });

    it("S-12: cost the allotment of a channel that owes more than it has", async () => {
      const { stranger } = market.clients;
      const { epoch, tree } = await epochOfTwo(allotment);
      await post(epoch, tree);
      await stranger.overCommitted({ version: 1, epoch, entryProof: tree.entryProof(channelId) });
      expect((await stranger.getChannel({ channelId })).allotment).to.equal(0n);
      const { credit } = await stranger.getAccount({ owner: market.addresses.stranger });
      expect(credit).to.equal((allotment * 15n) / 100n);
    });

    it("S-12: cost nothing where the allotment covers them", async () => {
      const { stranger } = market.clients;
      const { epoch, tree } = await epochOfTwo();
      await post(epoch, tree);
      const entryProof = tree.entryProof(channelId);
      const charged = stranger.overCommitted({ version: 1, epoch, entryProof });
      expect(await failure(charged)).to.be.instanceOf(NotOverCommittedError);
      expect((await stranger.getChannel({ channelId })).allotment).to.equal(allotment);
    });
  });
});
