// Applications that use ethers: their signer drives the SDK.
import { createAssayClient, InsufficientStakeError } from "@assay/sdk";
import { fromEthers, UnsupportedSignerError } from "@assay/sdk/ethers";
import { expect } from "chai";
import { BrowserProvider, NonceManager, type Signer, VoidSigner, Wallet } from "ethers";
import { parseEther } from "viem";
import { sample, scorerId } from "../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../helpers/scorerMarket.ts";

describe("fromEthers", () => {
  let market: ScorerMarket;
  let provider: BrowserProvider;
  before(async () => {
    market = await createScorerMarket();
    provider = new BrowserProvider(market.connection.provider, undefined, { cacheTimeout: -1 });
  });
  after(() => provider.destroy());
  isolated(() => market);

  async function clientOf(signer: Signer) {
    const { deployment } = market;
    return createAssayClient({ ...(await fromEthers(signer)), deployment, pollingInterval: 20 });
  }

  it("reads and writes through a browser wallet's signer", async () => {
    const client = await clientOf(await provider.getSigner(market.addresses.requester));
    const { requestId } = await client.requestInference({ programId: scorerId, input: sample.input });
    const { status, request } = await client.getRequest({ requestId });
    expect(status).to.equal("open");
    expect(request.requester).to.equal(market.addresses.requester);
    expect((await client.cancelRequest({ requestId })).refunded).to.equal(request.fee);
  });

  it("signs with a wallet's own key, alone or behind a nonce manager", async () => {
    const wallet = new Wallet(`0x${"42".repeat(32)}`, provider);
    await market.connection.networkHelpers.setBalance(wallet.address, parseEther("1"));
    const key = market.addresses.stranger;
    const { receipt } = await (await clientOf(wallet)).setKey({ key, roles: ["operator"], gas: 90_000n });
    expect(receipt.from).to.equal(wallet.address.toLowerCase());
    const managed = await clientOf(new NonceManager(wallet));
    await managed.setKey({ key, roles: ["defender"] });
    await managed.setKey({ key, roles: [] });
  });

  it("decodes contract errors", async () => {
    const client = await clientOf(await provider.getSigner(market.addresses.stranger));
    expect(await failure(client.requestUnbond({ amount: 1n }))).to.be.instanceOf(InsufficientStakeError);
  });

  it("refuses a signer without a JSON-RPC provider", async () => {
    const alone = failure(fromEthers(new VoidSigner(market.addresses.stranger)));
    expect(await alone).to.be.instanceOf(UnsupportedSignerError);
  });
});
