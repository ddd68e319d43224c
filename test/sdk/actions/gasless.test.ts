// Buying without gas and staking with one transaction: signatures instead of approvals.
import {
  approveCall,
  EtherNotAcceptedError,
  InvalidOrderError,
  InvalidSignedRequestError,
  parseSignedRequest,
  signPermit,
  stringifyJson,
} from "@assay/sdk";
import { stakeVaultAbi } from "@assay/sdk/abi";
import { expect } from "chai";
import { type Hex, parseEther } from "viem";
import { createAssayNetwork } from "../../helpers/assayNetwork.ts";
import { sample, scorerId } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

const wanted = { programId: scorerId, input: sample.input };

describe("gas-less actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  const sentBy = async (role: "requester" | "worker"): Promise<number> => {
    const request = { method: "eth_getTransactionCount", params: [market.addresses[role], "latest"] };
    return Number((await market.connection.provider.request(request)) as Hex);
  };

  it("sends a request that its requester only signed, permit included", async () => {
    const { requester, stranger } = market.clients;
    const before = await market.balanceOf(market.addresses.requester);
    const order = await requester.signRequest(wanted);
    expect(order.permit.value).to.equal(order.request.fee);
    const { requestId } = await stranger.submitSignedRequest({ order });
    expect(requestId).to.equal(order.requestId);
    expect(await sentBy("requester")).to.equal(0);
    expect(await market.balanceOf(market.addresses.requester)).to.equal(before - order.request.fee);
    const { request, status } = await stranger.getRequest({ requestId });
    expect(status).to.equal("open");
    expect(request).to.deep.equal(order.request);
    expect(request.requester).to.equal(market.addresses.requester);
    expect(await stranger.getInput({ requestId })).to.deep.equal(sample.input);
  });

  it("sends an order that travelled as JSON, and refuses one that lost something on the way", async () => {
    const { requester, stranger } = market.clients;
    const order = await requester.signRequest(wanted);
    const json = JSON.parse(stringifyJson(order));
    expect(parseSignedRequest(json)).to.deep.equal(order);
    await stranger.submitSignedRequest({ order: parseSignedRequest(json) });
    const broken: [string, unknown][] = [
      ["validUntil", { ...json, validUntil: "soon" }],
      ["request", { ...json, request: undefined }],
      ["method", { ...json, request: { ...json.request, method: "oracle" } }],
      ["worker", { ...json, request: { ...json.request, worker: "0x12" } }],
      ["inputPosted", { ...json, request: { ...json.request, inputPosted: 1 } }],
      ["r", { ...json, permit: { ...json.permit, r: "0x" } }],
    ];
    for (const [field, bad] of broken) {
      expect(() => parseSignedRequest(bad)).to.throw(InvalidSignedRequestError, `field: ${field}\n`);
    }
  });

  it("signs no permit where the vault may take the fee already", async () => {
    const { requester, stranger } = market.clients;
    const { deployment } = market;
    await requester.sendCall({ call: approveCall({ deployment, amount: parseEther("5") }) });
    const order = await requester.signRequest(wanted);
    expect(order.permit.deadline).to.equal(0n);
    await stranger.submitSignedRequest({ order });
  });

  it("refuses an order that was changed, that is another's, or whose time is over", async () => {
    const { requester, stranger } = market.clients;
    const order = await requester.signRequest(wanted);
    const changed = { ...order, request: { ...order.request, salt: order.request.salt ^ 1n } };
    const other = { ...order, request: { ...order.request, requester: market.addresses.worker } };
    const longer = { ...order, validUntil: order.validUntil + 1n };
    for (const bad of [changed, other, longer]) {
      expect(await failure(stranger.submitSignedRequest({ order: bad }))).to.be.instanceOf(InvalidOrderError);
    }
    const short = await requester.signRequest({ ...wanted, validUntil: (await market.now()) + 10n });
    await market.advance(20);
    expect(await failure(stranger.submitSignedRequest({ order: short }))).to.be.instanceOf(InvalidOrderError);
  });

  it("takes no harm from a permit that somebody else used before", async () => {
    const { requester, stranger } = market.clients;
    const order = await requester.signRequest(wanted);
    const { value, deadline, v, r, s } = order.permit;
    await stranger.sendCall({
      call: {
        address: market.deployment.stakeVault,
        abi: stakeVaultAbi,
        functionName: "permit",
        args: [market.addresses.requester, value, deadline, v, r, s],
      },
    });
    expect((await stranger.submitSignedRequest({ order })).requestId).to.equal(order.requestId);
  });

  it("stakes with a permit in one transaction", async () => {
    const { worker } = market.clients;
    const before = await sentBy("worker");
    const { free } = await worker.getAccount({ owner: market.addresses.worker });
    await worker.stake({ amount: parseEther("3"), permit: true });
    expect(await sentBy("worker")).to.equal(before + 1);
    expect((await worker.getAccount({ owner: market.addresses.worker })).free).to.equal(
      free + parseEther("3"),
    );
    const permit = await signPermit(worker, {
      deployment: market.deployment,
      amount: 1n,
      deadline: 9n ** 9n,
    });
    expect(permit).to.include({ value: 1n, deadline: 9n ** 9n });
  });

  it("says that a token which wraps no ether takes none", async () => {
    const error = await failure(market.clients.stranger.stakeEther({ amount: 1n }));
    expect(error).to.be.instanceOf(EtherNotAcceptedError);
  });
});

describe("a deployment on wrapped ether", () => {
  it("stakes ether, and wraps it for fees", async () => {
    const network = await createAssayNetwork({ token: "WrappedEther" });
    const { worker, stranger } = network.clients;
    const owner = network.addresses.worker;
    await stranger.stakeEther({ owner, amount: parseEther("2") });
    expect((await worker.getAccount({ owner })).free).to.equal(parseEther("2"));
    await worker.wrapEther({ amount: parseEther("1") });
    expect(await network.balanceOf(owner)).to.equal(parseEther("1"));
    await worker.stake({ amount: parseEther("1") });
    expect((await worker.getAccount({ owner })).free).to.equal(parseEther("3"));
  });
});
