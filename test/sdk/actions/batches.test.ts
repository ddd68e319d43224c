// Many answers in one transaction: each is found again, proven, disputed and paid by itself.
import { DeadlineNotReachedError, InvalidBatchError, NotAuthorizedError } from "@assay/sdk";
import { BatchTree } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Hex } from "viem";
import { sample } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

const SIZE = 5;

describe("batches", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  /** Claimed requests, one after the other. */
  async function claimed(count = SIZE): Promise<Hex[]> {
    const ids: Hex[] = [];
    for (let number = 0; number < count; number++) ids.push(await market.request());
    for (const requestId of ids) await market.claim(requestId);
    return ids;
  }

  const publish = (requestIds: readonly Hex[], output: Uint8Array = sample.output) =>
    market.clients.worker.commitResults({ answers: requestIds.map((requestId) => ({ requestId, output })) });

  it("publishes answers in their order, each with its place under the batch's root", async () => {
    const ids = await claimed();
    const { batch, commitments } = await publish(ids);
    expect(batch).to.equal(1);
    expect(commitments.map(({ requestId }) => requestId)).to.deep.equal(ids);
    const tree = new BatchTree(commitments.map(({ commitId }) => commitId));
    for (const [index, requestId] of ids.entries()) {
      const { answer, status } = await market.clients.stranger.getRequest({ requestId });
      expect(status).to.equal("committed");
      expect(answer).to.include({ batch, commitId: commitments[index]?.commitId });
      expect(answer?.leaf.proof).to.deep.equal(tree.proof(index));
      const { level, output } = await market.clients.stranger.getResult({ requestId });
      expect(level).to.equal("provisional");
      expect(output).to.deep.equal(sample.output);
      const facts = await market.clients.stranger.getResultFacts({ requestId });
      expect(facts.batchRoot).to.equal(tree.root);
    }
  });

  it("numbers batches, and finds an answer of a later one", async () => {
    const [first, second, third] = (await claimed(3)) as [Hex, Hex, Hex];
    expect((await publish([first])).batch).to.equal(1);
    const { batch, commitments } = await publish([second, third]);
    expect(batch).to.equal(2);
    const commitId = commitments[1]!.commitId;
    const found = await market.clients.stranger.getCommitment({ commitId });
    expect(found.terms.subject).to.equal(third);
    expect(found.status).to.equal("open");
  });

  it("refuses an empty batch", async () => {
    expect(await failure(publish([]))).to.be.instanceOf(InvalidBatchError);
  });

  it("disputes one answer of a batch and leaves the others alone", async () => {
    const ids = await claimed();
    const { commitments } = await publish(ids);
    const { commitId, requestId } = commitments[2]!;
    const { challenger, stranger } = market.clients;
    const { disputeId, workerDeadline } = await challenger.challenge({ commitId });
    expect(await stranger.getCommitment({ commitId })).to.include({
      recorded: true,
      status: "open",
      holds: 1,
    });
    const again = await stranger.challenge({ requestId });
    expect(again).to.include({ commitId, serial: 1 });
    await market.advance(Number(workerDeadline - (await market.now())) + 1);
    expect((await stranger.timeoutDispute({ disputeId })).workerLost).to.equal(true);
    expect((await stranger.getRequest({ requestId })).status).to.equal("slashed");
    expect((await stranger.getCommitment({ commitId })).reporter).to.equal(market.addresses.challenger);
    await stranger.finalizeRequest({ requestId: ids[1]! });
    expect((await stranger.getResult({ requestId: ids[1]! })).level).to.equal("final");
  });

  it("pays the worker for many answers at once", async () => {
    const ids = await claimed();
    await publish(ids);
    const { worker, stranger, requester } = market.clients;
    expect(await failure(worker.collect({ requests: ids }))).to.be.instanceOf(DeadlineNotReachedError);
    await market.advance(61);
    const { fee } = await requester.estimateFee();
    const to = market.addresses.publisher;
    const before = await market.balanceOf(to);
    const [first, ...others] = ids as [Hex, ...Hex[]];
    const request = await worker.findRequest({ requestId: first });
    expect(await failure(stranger.collect({ requests: ids }))).to.be.instanceOf(NotAuthorizedError);
    const { amount } = await worker.collect({ requests: [request, ...others], to });
    expect(amount).to.equal(fee * BigInt(SIZE));
    expect(await market.balanceOf(to)).to.equal(before + amount);
    expect((await worker.getAccount({ owner: market.addresses.worker })).locked).to.equal(0n);
  });

  it("pays a worker's operator to the worker only", async () => {
    const ids = await claimed(1);
    await publish(ids);
    await market.advance(61);
    const { worker, stranger } = market.clients;
    await worker.setKey({ key: market.addresses.stranger, roles: ["operator"] });
    expect(await failure(stranger.collect({ requests: ids }))).to.be.instanceOf(NotAuthorizedError);
    const { amount } = await stranger.collect({ requests: ids, to: market.addresses.worker });
    expect(amount > 0n).to.equal(true);
  });
});
