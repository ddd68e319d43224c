// Stake, keys and credit through the SDK, on the real vault.
import {
  InsufficientAllowanceError,
  InsufficientStakeError,
  NothingToClaimError,
  NothingToWithdrawError,
} from "@assay/sdk";
import { expect } from "chai";
import { parseEther } from "viem";
import { type AssayNetwork, createAssayNetwork } from "../../helpers/assayNetwork.ts";
import { failure, isolated } from "../../helpers/scorerMarket.ts";

describe("stake actions", () => {
  let net: AssayNetwork;
  before(async () => {
    net = await createAssayNetwork();
  });
  isolated(() => net);

  it("stakes for the sender and approves exactly what is needed", async () => {
    const { worker } = net.clients;
    const owner = net.addresses.worker;
    await worker.stake({ amount: 7n });
    await worker.stake({ amount: 5n });
    expect((await worker.getAccount({ owner })).free).to.equal(12n);
    const error = await failure(worker.stake({ amount: 3n, approve: false }));
    expect(error).to.be.instanceOf(InsufficientAllowanceError);
    expect(error).to.have.deep.property("facts", { given: 0n, required: 3n });
  });

  it("stakes for another account", async () => {
    const { stranger, worker } = net.clients;
    await stranger.stake({ owner: net.addresses.worker, amount: 9n });
    expect((await worker.getAccount({ owner: net.addresses.worker })).free).to.equal(9n);
  });

  it("uses consecutive nonces when the first is given and an approval goes before", async () => {
    const { stranger } = net.clients;
    await stranger.stake({ amount: 1n, nonce: 0 });
    await stranger.stake({ amount: 1n, nonce: 2 });
    expect((await stranger.getAccount({ owner: net.addresses.stranger })).free).to.equal(2n);
  });

  it("unbonds, waits and withdraws", async () => {
    const { worker } = net.clients;
    const owner = net.addresses.worker;
    const before = await net.balanceOf(owner);
    await worker.stake({ amount: parseEther("2") });
    const { availableAt } = await worker.requestUnbond({ amount: parseEther("1.5") });
    expect(await worker.getAccount({ owner })).to.deep.equal({
      free: parseEther("0.5"),
      locked: 0n,
      unbonding: parseEther("1.5"),
      credit: 0n,
      tranches: [{ amount: parseEther("1.5"), availableAt }],
    });
    expect(await failure(worker.withdraw())).to.be.instanceOf(NothingToWithdrawError);
    await net.advance(Number(availableAt - (await net.now())));
    expect((await worker.withdraw()).amount).to.equal(parseEther("1.5"));
    expect(await net.balanceOf(owner)).to.equal(before - parseEther("0.5"));
  });

  it("reads an account as of an earlier block", async () => {
    const { worker } = net.clients;
    const { receipt } = await worker.stake({ amount: 5n });
    await worker.stake({ amount: 6n });
    const owner = net.addresses.worker;
    expect((await worker.getAccount({ owner, blockNumber: receipt.blockNumber })).free).to.equal(5n);
    expect((await worker.getAccount({ owner, blockTag: "latest" })).free).to.equal(11n);
  });

  it("reports what is missing, with the numbers", async () => {
    const error = await failure(net.clients.worker.requestUnbond({ amount: 10n }));
    expect(error).to.be.instanceOf(InsufficientStakeError);
    expect((error as InsufficientStakeError).args).to.deep.equal({
      account: net.addresses.worker,
      free: 0n,
      required: 10n,
    });
    const claim = net.clients.worker.claimCredit({ to: net.addresses.worker });
    expect(await failure(claim)).to.be.instanceOf(NothingToClaimError);
  });

  it("grants and revokes a key", async () => {
    const { worker } = net.clients;
    const key = net.addresses.stranger;
    const { receipt } = await worker.setKey({ key, roles: ["operator", "defender"] });
    expect(receipt.logs).to.have.length(1);
    await worker.setKey({ key, roles: [] });
  });
});
