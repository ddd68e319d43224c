// S-15: the tiers that deployments offer, on the chains where they may exist.
import { expect } from "chai";
import { parameterSet, type TierName, tiers } from "../../deploy/parameters.ts";
import { deployParameters } from "../helpers/deploy.ts";

const hour = 3600;
const names = Object.keys(tiers) as TierName[];

/** U of S-14: max(SLA + W, W_r + W) + T_in + T_dispute + A and a tenth of that. */
function unbondingNeeded(name: TierName): number {
  const tier = tiers[name];
  const [g, h] = [tier.maxTraceDepth, tier.maxTensorDepth];
  const moves = g + h + 2 + (g + h + 1);
  const dispute = tier.workerSeconds + tier.challengerSeconds + moves * tier.floorSeconds;
  const work = Math.max(tier.deliverySeconds, tier.receiptSeconds) + tier.windowSeconds;
  const span = work + tier.inputSeconds + tier.recheckSeconds + dispute + tier.airgapSeconds;
  return span + Math.ceil(span / 10);
}

describe("S-15: tiers", () => {
  const deploy = (some: TierName[], chainId: number) =>
    deployParameters({ parameters: parameterSet(some), chainId });

  it("exist all on a local chain, numbered from 1 in the order named", async () => {
    const parameters = await deploy(["demo", "devnet", "fast", "standard"], 31337);
    expect(await parameters.versions()).to.equal(4n);
    expect((await parameters.tier(1)).windowSeconds).to.equal(BigInt(tiers.demo.windowSeconds));
    expect((await parameters.tier(4)).name).to.equal(tiers.standard.name);
    expect(await parameters.unbondingSeconds(), "the longest").to.equal(14n * 86_400n);
  });

  it("let the standard and the fast one live anywhere", async () => {
    for (const chainId of [1, 10, 8453]) {
      const parameters = await deploy(["standard", "fast"], chainId);
      expect(await parameters.versions()).to.equal(2n);
    }
  });

  it("keep seconds- and minutes-long clocks off every other chain", async () => {
    for (const name of ["demo", "devnet"] as const) {
      const refused = await deploy([name], 1).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      expect(refused, name).to.include("ParameterOutOfBounds");
    }
  });

  for (const name of names)
    it(`S-14, I-53: ${name} unbonds no sooner than its formula, and not much later`, async () => {
      const { unbondingSeconds } = parameterSet([name]);
      const needed = unbondingNeeded(name);
      expect(unbondingSeconds).to.be.at.least(needed);
      expect(unbondingSeconds).to.be.at.most(needed * 1.6);
      const short = { ...parameterSet([name]), unbondingSeconds: needed - 1 };
      const refused = await deployParameters({ parameters: short }).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      expect(refused).to.include("UnbondingTooShort");
    });

  for (const name of names)
    it(`S-12: ${name} lets receipts that are demanded be checked before their time is over`, () => {
      const { receiptSeconds, inputSeconds, recheckSeconds } = tiers[name];
      expect(receiptSeconds).to.be.at.least(2 * (inputSeconds + recheckSeconds));
    });

  it("differ, standard and fast, only in how fast what nobody disputes is final", () => {
    const { name, windowSeconds, recheckSeconds, ...fast } = tiers.fast;
    expect(tiers.standard).to.deep.include(fast);
    expect(windowSeconds).to.equal(hour / 2);
    // Two inclusions of 12 hours fit each of these, so that a censored party comes in time (A20).
    for (const seconds of [
      tiers.standard.windowSeconds,
      tiers.standard.inputSeconds,
      tiers.standard.workerSeconds,
      tiers.standard.challengerSeconds,
    ])
      expect(seconds).to.be.at.least(24 * hour);
  });

  it("fit a whole demo dispute into a minute of waiting at most per side", () => {
    const { demo } = tiers;
    expect(demo.windowSeconds + demo.airgapSeconds).to.be.at.most(15);
    expect(demo.workerSeconds + demo.floorSeconds * 11).to.be.at.most(60);
  });
});
