// Sending a call: simulated first, waited for, and every way in which that fails.
import {
  approveCall,
  assayActions,
  cancelRequestCall,
  claimRequestCall,
  createAssayClient,
  encodeCall,
  MissingAccountError,
  sendCall,
  simulateCall,
  stakeCall,
  stakeEtherCall,
  TransactionCancelledError,
  TransactionRevertedError,
  WrongStatusError,
  ZeroAmountError,
} from "@assay/sdk";
import { stakeVaultAbi } from "@assay/sdk/abi";
import { expect } from "chai";
import { createPublicClient, createWalletClient, custom, decodeFunctionData, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { sendTransaction } from "viem/actions";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

describe("calls", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  const transport = () => custom(market.connection.provider, { retryCount: 0 });
  const setAutomine = (on: boolean) =>
    market.connection.provider.request({ method: "evm_setAutomine", params: [on] });
  const mine = () => market.connection.networkHelpers.mine();
  const pending = async (count: number) => {
    for (;;) {
      const block = await market.connection.provider.request({
        method: "eth_getBlockByNumber",
        params: ["pending", false],
      });
      if ((block as { transactions: unknown[] }).transactions.length >= count) return;
    }
  };

  describe("encodeCall", () => {
    it("gives the fields of a transaction", () => {
      const owner = market.addresses.worker;
      const { to, data } = encodeCall(stakeCall({ deployment: market.deployment, owner, amount: 5n }));
      expect(to).to.equal(market.deployment.stakeVault);
      expect(decodeFunctionData({ abi: stakeVaultAbi, data })).to.deep.equal({
        functionName: "stake",
        args: [owner, 5n],
      });
      const ether = encodeCall(stakeEtherCall({ deployment: market.deployment, owner, amount: 5n }));
      expect(ether).to.include({ to: market.deployment.stakeVault, value: 5n });
    });
  });

  describe("simulateCall", () => {
    it("changes nothing, and throws what the call would revert with", async () => {
      const requestId = await market.request();
      const { stranger } = market.clients;
      const request = await stranger.findRequest({ requestId });
      const call = cancelRequestCall({ deployment: market.deployment, request });
      await simulateCall(stranger, { call, account: market.addresses.requester });
      expect((await stranger.getRequest({ requestId })).status).to.equal("open");
      const zero = stakeCall({ deployment: market.deployment, owner: market.addresses.worker, amount: 0n });
      expect(await failure(stranger.simulateCall({ call: zero }))).to.be.instanceOf(ZeroAmountError);
    });
  });

  describe("sendCall", () => {
    it("needs an account", async () => {
      const reader = createAssayClient({ transport: transport(), deployment: market.deployment });
      const call = approveCall({ deployment: market.deployment, amount: 1n });
      expect(await failure(sendCall(reader, { call }))).to.be.instanceOf(MissingAccountError);
      expect(await failure(reader.simulateCall({ call }))).to.be.instanceOf(MissingAccountError);
      expect(await failure(reader.stake({ amount: 1n }))).to.be.instanceOf(MissingAccountError);
      await reader.sendCall({ call, account: market.addresses.stranger });
    });

    it("signs with a local key, through any viem client", async () => {
      const account = privateKeyToAccount(generatePrivateKey());
      await market.connection.networkHelpers.setBalance(account.address, 10n ** 20n);
      const options = { transport: transport(), account, pollingInterval: 20 };
      const wallet = createWalletClient(options).extend(assayActions({ deployment: market.deployment }));
      const { receipt } = await wallet.setKey({ key: market.addresses.stranger, roles: ["defender"] });
      expect(receipt.from).to.equal(account.address.toLowerCase());
      const reader = createPublicClient(options).extend(assayActions({ deployment: market.deployment }));
      expect(await reader.getBlockNumber()).to.equal(receipt.blockNumber);
      expect((await reader.getAccount({ owner: account.address })).free).to.equal(0n);
    });

    it("says why a transaction reverted that had passed the simulation", async () => {
      const requestId = await market.request();
      const { deployment } = market;
      const request = await market.clients.worker.findRequest({ requestId });
      await setAutomine(false);
      const claim = market.clients.worker.sendCall({
        call: claimRequestCall({ deployment, request, worker: market.addresses.worker }),
        gas: 500_000n,
        maxPriorityFeePerGas: parseGwei("9"),
        maxFeePerGas: parseGwei("30"),
      });
      const call = cancelRequestCall({ deployment, request });
      const cancel = failure(market.clients.requester.sendCall({ call, gas: 500_000n }));
      await pending(2);
      await mine();
      await claim;
      const error = await cancel;
      expect(error).to.be.instanceOf(TransactionRevertedError);
      expect(error.cause).to.be.instanceOf(WrongStatusError);
      expect(error.message).to.match(
        /functionName: cancel[\s\S]*The request is claimed, but the call needs it open/,
      );
    });

    it("tells a transaction that its sender replaced", async () => {
      const { stranger } = market.clients;
      await setAutomine(false);
      const call = approveCall({ deployment: market.deployment, amount: 1n });
      const sent = failure(stranger.sendCall({ call, nonce: 0, gas: 100_000n }));
      await pending(1);
      await new Promise((resolve) => setTimeout(resolve, 200)); // viem has to have seen the first one
      const account = market.addresses.stranger;
      const fees = { maxFeePerGas: parseGwei("50"), maxPriorityFeePerGas: parseGwei("20") };
      await sendTransaction(stranger, { account, chain: null, to: account, value: 0n, nonce: 0, ...fees });
      await mine();
      expect(await sent).to.be.instanceOf(TransactionCancelledError);
    });

    it("stops before sending when its signal is aborted", async () => {
      const reason = new Error("changed my mind");
      const call = approveCall({ deployment: market.deployment, amount: 1n });
      const sent = market.clients.stranger.sendCall({ call, signal: AbortSignal.abort(reason) });
      expect(await failure(sent)).to.equal(reason);
    });
  });
});
