// The keeper among receipts: what runs out of time there is ended by whoever looks, whoever it belongs to.
import {
  byteRoot,
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
import { createReceiptKeeper } from "../../../node/roles/receiptKeeper.ts";
import { joinKeeper, openParts, type Player, play, tick } from "../../helpers/players.ts";
import { checkBooks, type Stage, setStage } from "../../helpers/stage.ts";

const allotment = parseEther("300");
const liability = parseEther("100");
const source = "channels" as const;

describe("receipt keeper", () => {
  let stage: Stage;
  let keeper: Player;
  let channelId: Hex;
  let signer: SessionSigner;
  const input = new Uint8Array(0);

  beforeEach(async () => {
    stage = await setStage();
    const { clients, addresses } = stage.network;
    const { worker } = addresses;
    ({ channelId } = await clients.requester.depositToChannel({ worker, amount: parseEther("20") }));
    await clients.worker.allotStake({ channelId, amount: allotment });
    signer = await sessionSigner(await generateSessionKey());
    await clients.worker.setSessionKey({ worker, x: signer.x, y: signer.y });
    const parts = openParts(stage.network, "keeper");
    keeper = { ...parts, person: "keeper", role: createReceiptKeeper(parts.context) };
  });
  afterEach(() => keeper.leave());

  const sent = () => keeper.events.flatMap((event) => (event.kind === "sent" ? [event.move] : []));
  const statusOf = async (commitId: Hex) =>
    (await stage.network.clients.deployer.getCommitment({ commitId, source })).status;

  async function issue(changes: Partial<Receipt> = {}) {
    const { network, programId, committed } = stage;
    const issuedAt = await network.now();
    const shown = new Uint8Array(committed.header.inputBytes);
    const receipt: Receipt = {
      ...{ channelId, session: 1n, sequence: 1n, programId, inputRoot: byteRoot(shown) },
      ...{ outputRoot: byteRoot(input), passes: 1, version: 1, isPrivate: false, fee: parseEther("1") },
      ...{ liability, issuedAt, challengeUntil: issuedAt + 120n, previous: zeroHash },
      ...changes,
    };
    const { chainId, channels } = network.deployment;
    const receiptId = receiptIdOf({ chainId: BigInt(chainId), channels, receipt });
    return { receipt, receiptId, signature: await signer.sign(receiptId), input: shown };
  }

  it("times a silent worker out and settles the slash after the airgap", async () => {
    const { network } = stage;
    const { commitId } = await network.clients.friend.challengeReceipt(await issue());
    expect(await tick(keeper)).to.deep.equal([]);
    await network.advance(network.tier.workerSeconds + 1);
    await play(network, [keeper]);
    expect(await statusOf(commitId)).to.equal("slashed");
    await network.advance(network.tier.airgapSeconds + 1);
    await play(network, [keeper]);
    expect(sent()).to.deep.equal(["timeoutReceiptDispute", "settleReceipt"]);
    expect((await network.clients.deployer.getCommitment({ commitId, source })).settled).to.equal(true);
    await checkBooks(network);
    expect(await tick(keeper)).to.deep.equal([]);
  });

  it("finalizes what nothing holds after its window", async () => {
    const { network } = stage;
    const { receipt, signature, input: shown } = await issue();
    const { commitId } = await network.clients.friend.requestInput({ receipt, signature });
    await network.clients.worker.postInput({ commitId, input: shown });
    const { challengeUntil } = await network.clients.deployer.getCommitment({ commitId, source });
    expect(await tick(keeper)).to.deep.equal([]);
    await network.advance(Number(challengeUntil - (await network.now())) + 1);
    await play(network, [keeper]);
    expect(sent()).to.deep.equal(["finalizeReceipt"]);
    expect(await statusOf(commitId)).to.equal("finalized");
    expect((await network.clients.deployer.getChannel({ channelId })).reserved).to.equal(0n);
  });

  it("leaves the inputs of receipts to the keeper of requests, which times them out", async () => {
    const { network } = stage;
    const { receipt, signature } = await issue();
    const { commitId } = await network.clients.friend.requestInput({ receipt, signature });
    await network.advance(network.tier.inputSeconds + 1);
    const other = joinKeeper(network);
    await play(network, [other]);
    other.leave();
    expect(await statusOf(commitId)).to.equal("slashed");
  });

  it("slashes a receipt that its epoch leaves out, and takes a channel whose receipt is not shown", async () => {
    const { network } = stage;
    const { clients, addresses } = network;
    const seconds = await clients.deployer.getEpochSeconds({ version: 1 });
    const until = async (time: bigint) => network.advance(Number(time - (await network.now())) + 1);
    await until(((await network.now()) / seconds + 1n) * seconds);
    const long = { challengeUntil: (await network.now()) + 3n * seconds };
    const [kept, left] = [await issue(long), await issue({ ...long, sequence: 2n })];
    const epoch = kept.receipt.issuedAt / seconds;
    await until((epoch + 1n) * seconds);
    const leaf = { channelId, receiptId: kept.receiptId, liability };
    const { root, count } = new EpochTree([leaf]);
    await clients.worker.postEpoch({ worker: addresses.worker, version: 1, epoch, root, count });
    await until((epoch + 2n) * seconds);
    const { demandId } = await clients.requester.demandInclusion(left);
    await clients.friend.demandReceipt({ version: 1, epoch, channelId, index: 0 });
    expect(await tick(keeper)).to.deep.equal([]);
    await network.advance(network.tier.inputSeconds + 1);
    await play(network, [keeper]);
    expect(sent().filter((move) => move === "timeoutDemand")).to.have.length(2);
    expect(await statusOf(demandId)).to.equal("slashed");
    expect((await clients.deployer.getChannel({ channelId })).allotment).to.equal(0n);
    await network.advance(network.tier.airgapSeconds + 1);
    await play(network, [keeper]);
    await checkBooks(network);
    expect(await tick(keeper)).to.deep.equal([]);
  });

  it("collects what a channel owes once no opened receipt reserves it", async () => {
    const { network } = stage;
    const { clients, addresses } = network;
    const seconds = await clients.deployer.getEpochSeconds({ version: 1 });
    const until = async (time: bigint) => network.advance(Number(time - (await network.now())) + 1);
    await until(((await network.now()) / seconds + 1n) * seconds);
    const long = { challengeUntil: (await network.now()) + 3n * seconds };
    const [one, other] = [await issue(long), await issue({ ...long, sequence: 2n })];
    const epoch = one.receipt.issuedAt / seconds;
    await until((epoch + 1n) * seconds);
    const leaves = [one, other].map(({ receiptId }) => ({ channelId, receiptId, liability }));
    const tree = new EpochTree(leaves);
    await clients.worker.postEpoch({
      worker: addresses.worker,
      version: 1,
      epoch,
      root: tree.root,
      count: tree.count,
    });
    const opened = await clients.friend.requestInput({ receipt: one.receipt, signature: one.signature });
    await clients.worker.postInput({ commitId: opened.commitId, input: one.input });
    await clients.friend.demandReceipt({ version: 1, epoch, channelId, index: 1 });
    await network.advance(network.tier.inputSeconds + 1);
    await play(network, [keeper]);
    const { owed, allotment: rest } = await clients.deployer.getChannel({ channelId });
    expect([owed, rest]).to.deep.equal([liability, liability]);
    const { challengeUntil } = await clients.deployer.getCommitment({ commitId: opened.commitId, source });
    await until(challengeUntil);
    await play(network, [keeper]);
    expect(sent()).to.include.members(["timeoutDemand", "finalizeReceipt", "collectOwed"]);
    const { credit } = await clients.deployer.getAccount({ owner: addresses.keeper });
    expect(credit > 0n).to.equal(true);
    await checkBooks(network);
    expect(await tick(keeper)).to.deep.equal([]);
  });
});
