// Stake, rewards, roles and refusals on a real chain in this process.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseEther } from "viem";
import { devnetAccounts } from "../../../node/devnet/accounts.ts";
import { localTiers } from "../../../node/devnet/localTiers.ts";
import { startTestDevnet, type TestDevnet } from "../../helpers/devnet.ts";

describe("the command line and money", () => {
  let devnet: TestDevnet;
  const { owner, operator, requester } = devnetAccounts();
  before(async () => {
    devnet = await startTestDevnet();
  });
  after(() => devnet.stop());

  it("shows chain, stake, keys and tiers", async () => {
    const { code, json, stderr } = await devnet.run(["status", "--json"]);
    expect(code, stderr).to.equal(0);
    expect(json).to.deep.include({ chainId: 31_337, market: devnet.deployment.inferenceMarket });
    expect(json.account).to.include({ address: owner.account.address, free: String(parseEther("10000")) });
    const keys = json.keys as { role: string; mayAct: string[] }[];
    expect(keys.find(({ role }) => role === "operator")?.mayAct).to.deep.equal(["operator"]);
    expect((json.tiers as { name: string }[]).map(({ name }) => name)).to.deep.equal(["demo"]);
    const { stdout } = await devnet.run(["status"]);
    expect(stdout).to.match(/free stake +10000 tokens/);
  });

  it("dry-runs with calldata, gas and effect, and sends nothing", async () => {
    const before = await devnet.clientOf("owner").getBlockNumber({ cacheTime: 0 });
    const nonce = await devnet.clientOf("owner").getTransactionCount({ address: owner.account.address });
    const { code, json } = await devnet.run(["stake", "12.5", "--dry-run", "--json"]);
    expect(code).to.equal(0);
    const calls = json.calls as Record<string, string>[];
    expect(calls.map((call) => call.function)).to.deep.equal(["approve", "stake"]);
    expect(calls[0]).to.include({ to: devnet.deployment.token });
    expect(Number(calls[0]!.gas)).to.be.greaterThan(21_000);
    expect(calls[1]!.data).to.match(/^0x[0-9a-f]{136}$/);
    expect(calls[1]!.problem).to.include("approve has to happen first");
    expect(json.effect).to.include("from 10000 tokens to 10012.5 tokens");
    expect(await devnet.clientOf("owner").getTransactionCount({ address: owner.account.address })).to.equal(
      nonce,
    );
    expect(await devnet.clientOf("owner").getBlockNumber({ cacheTime: 0 }))
      .to.be.a("bigint")
      .and.to.be.at.least(before);

    const failing = await devnet.run(["unstake", "99999", "--dry-run"]);
    expect(failing.code).to.equal(1);
    expect(failing.stdout).to.include("would fail: InsufficientStakeError");
  });

  it("stakes, unstakes and withdraws", async () => {
    const staked = await devnet.run(["stake", "12.5", "--json"]);
    expect(staked.code, staked.stderr).to.equal(0);
    expect(staked.json).to.include({ account: owner.account.address, free: String(parseEther("10012.5")) });
    const other = await devnet.run([
      "stake",
      "1",
      "--key",
      "requester",
      "--for",
      operator.account.address,
      "--json",
    ]);
    expect(other.json).to.include({ account: operator.account.address, free: String(parseEther("1")) });

    const unbonding = await devnet.run(["unstake", "3", "--json"]);
    expect(unbonding.json).to.include({ unbonding: String(parseEther("3")) });
    const early = await devnet.run(["withdraw"]);
    expect(early.code).to.equal(75);
    expect(early.stderr).to.include("NothingToWithdrawError").and.include("assay status");
    await devnet.advance(localTiers.demo.unbondingSeconds + 1);
    const paid = await devnet.run(["withdraw", "--json"]);
    expect(paid.json).to.include({ withdrawn: String(parseEther("3")), account: owner.account.address });
  });

  it("explains what it refuses, with the bound and what to do", async () => {
    const tooMuch = await devnet.run(["unstake", "20000"]);
    expect(tooMuch.code).to.equal(1);
    expect(tooMuch.stderr).to.match(/InsufficientStakeError: The account's free stake is too small/);
    expect(tooMuch.stderr).to.match(
      /free +10009\.5 tokens[\s\S]*required +20000 tokens[\s\S]*what to do: Stake more/,
    );

    const poor = await devnet.run(["stake", "1", "--key", "operator"]);
    expect(poor.code).to.equal(1);
    expect(poor.stderr).to.match(/InsufficientBalanceError: The account holds too few tokens/);
    expect(poor.stderr).to.match(/held +0 tokens[\s\S]*required +1 tokens[\s\S]*assay faucet/);

    const nothing = await devnet.run(["rewards", "claim", "--json"]);
    expect(nothing.code).to.equal(1);
    expect(nothing.json.error).to.include({
      name: "NothingToClaimError",
      message: "The account has no credit.",
    });

    const zero = await devnet.run(["stake", "0"]);
    expect(zero.code).to.equal(1);
    expect(zero.stderr).to.include("ZeroAmountError");
  });

  it("gives and takes away the roles of keys", async () => {
    const address = requester.account.address;
    const granted = await devnet.run(["keys", "authorize", "defender", "--address", address, "--json"]);
    expect(granted.json).to.deep.include({ authorized: address, roles: ["defender"] });
    const revoked = await devnet.run(["keys", "authorize", "defender", "--address", address, "--revoke"]);
    expect(revoked.stdout).to.match(/roles +none/);
  });

  it("says when gas is dearer than the settings allow", async () => {
    const { code, stderr } = await devnet.run(["stake", "1", "--max-fee-per-gas", "0.000000001"]);
    expect(code).to.equal(75);
    expect(stderr).to.match(/Gas costs more than the settings allow[\s\S]*maximum +0\.000000001 gwei/);
  });

  it("replaces a nonce that is stuck, or says that it is used", async () => {
    const { code, stderr } = await devnet.run(["stake", "1", "--nonce", "0"]);
    expect(code).to.not.equal(0);
    expect(stderr).to.match(/nonce/i);
  });

  describe("with a chain that is not the right one", () => {
    it("tries again later when no endpoint answers", async () => {
      const { code, stderr } = await devnet.run(["status", "--rpc-urls", "http://127.0.0.1:1"]);
      expect(code).to.equal(75);
      expect(stderr).to.include("what to do: Check that the endpoint runs");
    });

    it("takes the next endpoint when one does not answer", async () => {
      const { code } = await devnet.run([
        "status",
        "--rpc-urls",
        `http://127.0.0.1:1,${devnet.network.rpcUrl}`,
      ]);
      expect(code).to.equal(0);
    });

    it("refuses an endpoint of another chain, or another chain's deployment", async () => {
      const wrong = await devnet.run(["status", "--chain-id", "1"]);
      expect(wrong.code).to.equal(1);
      expect(wrong.stderr).to.match(/WrongChainError[\s\S]*chainId +31337[\s\S]*expected +1/);
      const file = join(devnet.folder, "other.json");
      writeFileSync(file, JSON.stringify({ ...devnet.deployment, chainId: 1, startBlock: 0 }));
      const elsewhere = await devnet.run(["status", "--deployment", file]);
      expect(elsewhere.stderr).to.include("another chain than the endpoint serves");
      writeFileSync(file, JSON.stringify({ chainId: 31_337, startBlock: 0 }));
      const partial = await devnet.run(["status", "--deployment", file]);
      expect(partial.code).to.equal(1);
      expect(partial.stderr).to.match(/InvalidDeploymentError[\s\S]*field +token[\s\S]*assay devnet/);
      const absent = await devnet.run(["status", "--deployment", join(devnet.folder, "absent.json")]);
      expect(absent.code).to.equal(2);
    });
  });
});
