// What the governor and the guardian of a deployment may do, and that nobody else may.
import {
  NewWorkPausedError,
  NotGovernorError,
  NotGuardianError,
  ProposalNotDueError,
  UnknownVersionError,
} from "@assay/sdk";
import { expect } from "chai";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

describe("office actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket({ governed: true });
  });
  isolated(() => market);

  async function dearer() {
    const tier = await market.clients.governor.getTier({ version: 1 });
    return { ...tier, minFee: 2n * tier.minFee };
  }

  it("I-52: adds a parameter version after its delay, by anybody's call", async () => {
    const { governor, stranger } = market.clients;
    const tier = await dearer();
    expect(await stranger.getProposal()).to.equal(undefined);
    const { version, activeFrom } = await governor.proposeTier({ tier });
    expect(version).to.equal(2);
    expect(await stranger.getProposal()).to.deep.equal({ version, activeFrom, tier });
    expect(await failure(stranger.getTier({ version }))).to.be.instanceOf(UnknownVersionError);
    expect(await failure(stranger.activateTier({ version }))).to.be.instanceOf(ProposalNotDueError);
    await market.advance(Number(activeFrom - (await market.now())));
    await stranger.activateTier({ version });
    expect(await stranger.getTier({ version })).to.deep.equal(tier);
    expect((await stranger.estimateFee({ version })).minFee).to.equal(tier.minFee);
    expect(await stranger.getProposal()).to.equal(undefined);
  });

  it("I-52: lets the governor alone propose, and take its proposal back", async () => {
    const { governor, stranger } = market.clients;
    const tier = await dearer();
    expect(await failure(stranger.proposeTier({ tier }))).to.be.instanceOf(NotGovernorError);
    await governor.proposeTier({ tier });
    expect(await failure(stranger.cancelProposal())).to.be.instanceOf(NotGovernorError);
    await governor.cancelProposal();
    expect(await stranger.getProposal()).to.equal(undefined);
  });

  it("I-51: pauses new work, which ends by itself", async () => {
    const { guardian, stranger } = market.clients;
    const { requestId } = await market.answer();
    expect(await failure(stranger.pauseNew({ seconds: 100 }))).to.be.instanceOf(NotGuardianError);
    const { until } = await guardian.pauseNew({ seconds: 100 });
    expect(await failure(market.request())).to.be.instanceOf(NewWorkPausedError);
    await market.advance(Number(until - (await market.now())));
    await stranger.finalizeRequest({ requestId });
    await market.advance(1);
    await market.request();
  });

  it("S-15: turns a slash into a refund inside its airgap", async () => {
    const { challenger, guardian, stranger, worker } = market.clients;
    const owner = market.addresses.worker;
    const { free } = await worker.getAccount({ owner });
    const { requestId, commitId } = await market.answer();
    const { disputeId, workerDeadline } = await challenger.challenge({ commitId });
    await market.advance(Number(workerDeadline - (await market.now())) + 1);
    await stranger.timeoutDispute({ disputeId });
    expect(await failure(stranger.flipToRefund({ commitId }))).to.be.instanceOf(NotGuardianError);
    const { lock } = await guardian.flipToRefund({ commitId });
    expect(lock > 0n).to.equal(true);
    expect((await worker.getAccount({ owner })).free).to.equal(free);
    expect((await stranger.getCommitment({ commitId })).status).to.equal("refunded");
    expect((await stranger.getRequest({ requestId })).status).to.equal("refunded");
    expect((await stranger.getResult({ requestId })).level).to.equal(undefined);
  });
});
