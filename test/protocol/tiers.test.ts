// S-15: the tiers that deployments offer, on the chains where they may exist.
import { expect } from "chai";
import { parameterSet, type TierName, tiers } from "../../deploy/parameters.ts";
import { deployParameters } from "../helpers/deploy.ts";

describe("S-15: tiers", () => {
  const deploy = (names: TierName[], chainId: number) =>
    deployParameters({ parameters: parameterSet(names), chainId });

  it("exist all on a local chain, numbered from 1 in the order named", async () => {
    const parameters = await deploy(["demo", "devnet", "standard"], 31337);
    expect(await parameters.versions()).to.equal(3n);
    expect((await parameters.tier(1)).windowSeconds).to.equal(BigInt(tiers.demo.windowSeconds));
    expect((await parameters.tier(3)).name).to.equal(tiers.standard.name);
    expect(await parameters.unbondingSeconds(), "the longest").to.equal(14n * 86_400n);
  });

  it("let the standard one live anywhere", async () => {
    for (const chainId of [1, 10, 8453]) {
      const parameters = await deploy(["standard"], chainId);
      expect(await parameters.versions()).to.equal(1n);
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

  it("fit a whole demo dispute into a minute of waiting at most per side", () => {
    const { demo } = tiers;
    expect(demo.windowSeconds + demo.airgapSeconds).to.be.at.most(15);
    expect(demo.workerSeconds + demo.floorSeconds * 11).to.be.at.most(60);
  });
});
