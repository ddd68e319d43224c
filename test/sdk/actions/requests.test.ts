// A request's life through the SDK, on the real market: every action, every ending.
import {
  CommitmentNotFoundError,
  createAssayClient,
  DeadlineNotReachedError,
  FeeAboveMaximumError,
  FeeTooLowError,
  NotAuthorizedError,
  ProgramNotFoundError,
  RequestExistsError,
  RequestNotFoundError,
  ResultNotAvailableError,
  UnknownVersionError,
  verifyResult,
  WrongBytesError,
  WrongStatusError,
} from "@assay/sdk";
import { requestId as requestIdOf } from "@assay/sdk/protocol";
import { expect } from "chai";
import { custom, type EIP1193RequestFn, parseEther, zeroAddress } from "viem";
import {
  sample,
  scorer,
  scorerId,
  scorerManifest,
  scorerManifestHash,
  scorerTrees,
} from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

const unknown = `0x${"77".repeat(32)}` as const;

describe("program actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  it("reads a registered program", async () => {
    const program = await market.clients.stranger.getProgram({ programId: scorerId });
    expect(program.status).to.equal("active");
    expect(program.publisher).to.equal(market.addresses.publisher);
    expect(program.header).to.deep.equal(scorerTrees.header);
    expect(program.manifestHash).to.equal(scorerManifestHash);
    expect(program.bond).to.equal((await market.clients.stranger.getTier({ version: 1 })).publisherBond);
    const error = await failure(market.clients.stranger.getProgram({ programId: unknown }));
    expect(error).to.be.instanceOf(ProgramNotFoundError);
  });

  it("registers a known program without a transaction", async () => {
    const again = await market.clients.stranger.registerProgram({
      ...scorerTrees,
      manifestHash: scorerManifestHash,
    });
    expect(again).to.deep.equal({ programId: scorerId, transaction: undefined });
  });

  it("lists programs in pages, newest first", async () => {
    const { stranger } = market.clients;
    const second = await stranger.registerProgram({ ...scorerTrees, manifestHash: unknown });
    const all = await stranger.listPrograms();
    expect(all.programs.map(({ programId }) => programId)).to.deep.equal([second.programId, scorerId]);
    expect(all.programs[1]).to.include({ uri: "ipfs://scorer", status: "active" });
    expect(all.nextBlock).to.equal(undefined);
    const first = await stranger.listPrograms({ limit: 1, blockRange: 1n });
    expect(first.programs.map(({ programId }) => programId)).to.deep.equal([second.programId]);
    const rest = await stranger.listPrograms({ limit: 1, toBlock: first.nextBlock });
    expect(rest.programs.map(({ programId }) => programId)).to.deep.equal([scorerId]);
    const { programs } = await stranger.listPrograms({ publisher: market.addresses.publisher });
    expect(programs.map(({ programId }) => programId)).to.deep.equal([scorerId]);
  });

  it("gives the bond back after its time", async () => {
    const { publisher } = market.clients;
    await market.advance(3600);
    const { amount } = await publisher.reclaimBond({ programId: scorerId });
    expect((await publisher.claimCredit({ to: market.addresses.publisher })).amount).to.equal(amount);
  });
});

describe("request actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  it("buys an inference for the least fee and reads it back", async () => {
    const { requester } = market.clients;
    const { fee, lock, finalSeconds } = await requester.estimateFee();
    const sent = await requester.requestInference({ programId: scorerId, input: sample.input });
    const record = await requester.getRequest({ requestId: sent.requestId });
    expect(record).to.deep.equal({
      requestId: sent.requestId,
      request: {
        requester: market.addresses.requester,
        salt: sent.request.salt,
        programId: scorerId,
        inputRoot: sent.inputRoot,
        inputPosted: true,
        fee,
        version: 1,
        method: "optimistic",
        level: "final",
        worker: zeroAddress,
        consumer: zeroAddress,
        callbackGas: 0,
      },
      status: "open",
      worker: zeroAddress,
      deadline: sent.claimBy,
      flags: 0,
      batch: 0,
      answer: undefined,
    });
    const { chainId, inferenceMarket } = market.deployment;
    const onChain = { chainId: BigInt(chainId), market: inferenceMarket, request: record.request };
    expect(sent.requestId).to.equal(requestIdOf(onChain));
    await market.claim(sent.requestId);
    expect((await requester.getAccount({ owner: market.addresses.worker })).locked).to.equal(lock);
    expect(finalSeconds).to.equal(300 + 60 + 60);
    const input = await market.clients.stranger.getInput({ requestId: sent.requestId });
    expect(input).to.deep.equal(sample.input);
  });

  it("sends nothing above the caller's maximum, below the tier's minimum or for an unknown tier", async () => {
    const { requester } = market.clients;
    const wanted = { programId: scorerId, input: sample.input };
    expect(await failure(requester.requestInference({ ...wanted, maxFee: 1n }))).to.be.instanceOf(
      FeeAboveMaximumError,
    );
    expect(await failure(requester.requestInference({ ...wanted, fee: 1n }))).to.be.instanceOf(
      FeeTooLowError,
    );
    expect(await failure(requester.requestInference({ ...wanted, version: 9 }))).to.be.instanceOf(
      UnknownVersionError,
    );
  });

  it("answers, finalizes and pays the worker", async () => {
    const { worker, stranger } = market.clients;
    const { requestId, commitId } = await market.answer();
    const commitment = await stranger.getCommitment({ commitId });
    expect(commitment).to.include({ commitId, source: "market", recorded: false, status: "open", holds: 0 });
    expect(commitment.terms).to.include({ subject: requestId, worker: market.addresses.worker, passes: 1 });
    const provisional = await stranger.getResult({ requestId });
    expect(provisional).to.include({ status: "committed", level: "provisional", commitId });
    expect(provisional.output).to.deep.equal(sample.output);
    const early = await failure(stranger.finalizeRequest({ requestId }));
    expect(early).to.be.instanceOf(DeadlineNotReachedError);

    await market.advance(61);
    const { fee } = await stranger.finalizeRequest({ requestId });
    const final = await stranger.getResult({ requestId, blockRange: 1n });
    expect(final).to.include({ status: "finalized", level: "final" });
    expect((await worker.claimCredit({ to: market.addresses.worker })).amount).to.equal(fee);

    const facts = await stranger.getResultFacts({ requestId });
    const manifest = scorerManifest;
    const checked = {
      program: scorer,
      manifest,
      programId: scorerId,
      input: sample.input,
      output: final.output,
    };
    const { valid, checks } = verifyResult({ ...checked, facts });
    expect(checks.filter(({ passed }) => !passed)).to.deep.equal([]);
    expect(valid).to.equal(true);
  });

  it("claims and commits by an operator key, and by nobody else", async () => {
    const { worker, stranger } = market.clients;
    const requestId = await market.request();
    const claim = { requestId, worker: market.addresses.worker };
    expect(await failure(stranger.claimRequest(claim))).to.be.instanceOf(NotAuthorizedError);
    await worker.setKey({ key: market.addresses.stranger, roles: ["operator"] });
    await stranger.claimRequest(claim);
    await stranger.commitResult({ requestId, output: sample.output });
    expect((await stranger.getRequest({ requestId })).status).to.equal("committed");
  });

  it("cancels, expires and times out, crediting the requester", async () => {
    const { requester, stranger } = market.clients;
    const { fee, deliveryPenalty } = await requester.estimateFee();
    expect((await requester.cancelRequest({ requestId: await market.request() })).refunded).to.equal(fee);

    const expiring = await market.request();
    await market.advance(301);
    expect((await stranger.expireRequest({ requestId: expiring })).refunded).to.equal(fee);

    const late = await market.request();
    await market.claim(late);
    await market.advance(61);
    const { refunded, penalty } = await stranger.timeoutDelivery({ requestId: late });
    expect({ refunded, penalty }).to.deep.equal({ refunded: fee, penalty: deliveryPenalty });
    const { credit } = await requester.getAccount({ owner: market.addresses.requester });
    expect(credit).to.equal(3n * fee + deliveryPenalty);
    expect((await stranger.getRequest({ requestId: late })).status).to.equal("refunded");
  });

  it("knows a request's id before it is sent, and makes no request twice", async () => {
    const { requester } = market.clients;
    const wanted = { programId: scorerId, input: sample.input, salt: 7n };
    const { requestId, request } = await requester.prepareRequest(wanted);
    expect(await failure(requester.getRequest({ requestId }))).to.be.instanceOf(RequestNotFoundError);
    const sent = await requester.requestInference(wanted);
    expect(sent).to.deep.include({ requestId, request });
    expect(await failure(requester.requestInference(wanted))).to.be.instanceOf(RequestExistsError);
  });

  it("takes the whole request wherever it takes its id", async () => {
    const { requester, worker, stranger } = market.clients;
    const wanted = { programId: scorerId, input: sample.input };
    const { request } = await requester.requestInference(wanted);
    await worker.claimRequest({ request, worker: market.addresses.worker });
    await worker.commitResult({ request, output: sample.output });
    expect(await stranger.getInput({ request })).to.deep.equal(sample.input);
    expect((await stranger.getResult({ request })).level).to.equal("provisional");
    await market.advance(61);
    await stranger.finalizeRequest({ request });
    expect((await stranger.getRequest({ request })).status).to.equal("finalized");
    const other = (await requester.requestInference(wanted)).request;
    expect((await requester.cancelRequest({ request: other })).refunded).to.equal(other.fee);
  });

  it("looks a request up once, and its answer once", async () => {
    const { requestId } = await market.answer();
    const reads: string[] = [];
    const { provider } = market.connection;
    const request = (rpc: { method: string; params?: unknown }) => {
      reads.push(rpc.method);
      return provider.request(rpc as Parameters<typeof provider.request>[0]);
    };
    const transport = custom({ request: request as EIP1193RequestFn }, { retryCount: 0 });
    const client = createAssayClient({ transport, deployment: market.deployment });
    const first = await client.getRequest({ requestId });
    expect(reads.filter((method) => method === "eth_getLogs")).to.have.length(3);
    reads.length = 0;
    expect(await client.getRequest({ requestId })).to.deep.equal(first);
    expect(reads).to.deep.equal(["eth_call", "eth_call"]);
  });

  it("does not believe an endpoint that serves another request", async () => {
    const requestId = await market.request();
    const { provider } = market.connection;
    const lying = async (rpc: { method: string; params?: unknown }) => {
      const answer = await provider.request(rpc as Parameters<typeof provider.request>[0]);
      if (rpc.method !== "eth_getLogs") return answer;
      return JSON.parse(JSON.stringify(answer).replaceAll(scorerId.slice(2), unknown.slice(2)));
    };
    const transport = custom({ request: lying as EIP1193RequestFn }, { retryCount: 0 });
    const client = createAssayClient({ transport, deployment: market.deployment });
    expect(await failure(client.findRequest({ requestId }))).to.be.instanceOf(WrongBytesError);
  });

  it("names the status that stands in the way", async () => {
    const requestId = await market.request();
    const error = await failure(market.commit(requestId));
    expect(error).to.be.instanceOf(WrongStatusError);
    expect((error as WrongStatusError).shortMessage).to.equal(
      "The request is open, but the call needs it claimed.",
    );
  });

  it("tells unknown things from empty ones", async () => {
    const { stranger } = market.clients;
    const requestId = await market.request();
    expect(await failure(stranger.getRequest({ requestId: unknown }))).to.be.instanceOf(RequestNotFoundError);
    expect(await failure(stranger.getCommitment({ commitId: unknown }))).to.be.instanceOf(
      CommitmentNotFoundError,
    );
    expect(await failure(stranger.getResult({ requestId }))).to.be.instanceOf(ResultNotAvailableError);
    expect(await failure(stranger.getResultFacts({ requestId }))).to.be.instanceOf(ResultNotAvailableError);
  });

  it("buys from one worker, with all amounts of a stranger's choosing", async () => {
    const { requester, stranger } = market.clients;
    const wanted = {
      programId: scorerId,
      input: sample.input,
      worker: market.addresses.worker,
      fee: parseEther("50"),
    };
    const { requestId } = await requester.requestInference(wanted);
    await stranger.stake({ amount: parseEther("5000") });
    const claim = stranger.claimRequest({ requestId, worker: market.addresses.stranger });
    expect(await failure(claim)).to.be.instanceOf(NotAuthorizedError);
    await market.claim(requestId);
    const { locked } = await requester.getAccount({ owner: market.addresses.worker });
    expect(locked).to.equal((await requester.estimateFee({ fee: parseEther("50") })).lock);
  });
});
