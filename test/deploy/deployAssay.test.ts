// Deployments as users and operators get them: through Ignition, readable by the SDK, without anybody left in power.
import { parseDeployment } from "@assay/sdk";
import { expect } from "chai";
import type { EventLog } from "ethers";
import { network } from "hardhat";
import { deployAssay, deploymentJson } from "../../deploy/deployAssay.ts";
import { tiers } from "../../deploy/parameters.ts";
import type { Contracts } from "../helpers/deploy.ts";

describe("deployAssay", () => {
  it("deploys everything, wired together, and the SDK reads where it is", async () => {
    const connection = await network.create("sim");
    const { ethers } = connection;
    const deployment = await deployAssay(connection, { tiers: ["demo", "devnet"] });
    expect(parseDeployment(JSON.parse(deploymentJson(deployment)))).to.deep.equal(deployment);
    expect(deployment.chainId).to.equal(31337);
    expect(deployment.startBlock).to.equal(1n);

    const [deployer] = await ethers.getSigners();
    const at = async <Role extends keyof Contracts>(name: string, address: string) =>
      (await ethers.getContractAt(name, address)) as unknown as Contracts[Role];
    const vault = await at<"vault">("StakeVault", deployment.stakeVault);
    const market = await at<"market">("InferenceMarket", deployment.inferenceMarket);
    const parameters = await at<"parameters">("Parameters", deployment.parameters);
    expect(await vault.token()).to.equal(deployment.token);
    expect((await parameters.tier(1)).name).to.equal(tiers.demo.name);
    expect((await parameters.tier(2)).name).to.equal(tiers.devnet.name);
    // I-50: the calls of the deployer are used up.
    await expect(vault.setModules([deployer])).to.be.revertedWithCustomError(vault, "ModulesAlreadySet");
    const channels = await at<"channels">("Channels", deployment.channels);
    for (const source of [market, channels]) {
      const again = source.setModules(deployer, deployer, deployer, deployer);
      await expect(again).to.be.revertedWithCustomError(source, "SourceModulesAlreadySet");
    }
    expect(await vault.modules()).to.deep.equal([
      deployment.inferenceMarket,
      deployment.disputeGame,
      deployment.channels,
      deployment.receiptGame,
      deployment.epochs,
      deployment.inputRequests,
      deployment.programRegistry,
    ]);
    const modulesOf = async (source: typeof market | typeof channels) =>
      ((await source.queryFilter("SourceModulesSet")) as EventLog[]).map(({ args }) => [...args]);
    const { disputeGame, receiptGame, inputRequests, equivocation, epochs } = deployment;
    const none = `0x${"00".repeat(20)}`;
    expect(await modulesOf(market)).to.deep.equal([[disputeGame, inputRequests, equivocation, none]]);
    expect(await modulesOf(channels)).to.deep.equal([[receiptGame, inputRequests, equivocation, epochs]]);
  });

  it("I-50: gives nobody an office unless somebody is named", async () => {
    const connection = await network.create("sim");
    const parametersOf = async ({ parameters }: Awaited<ReturnType<typeof deployAssay>>) =>
      (await connection.ethers.getContractAt("Parameters", parameters)) as unknown as Contracts["parameters"];
    const without = await deployAssay(connection, { tiers: ["demo"] });
    expect(without).not.to.have.any.keys("governor", "guardian", "auditPool");
    expect(await (await parametersOf(without)).governor()).to.equal(`0x${"00".repeat(20)}`);
  });

  it("names governor, guardian and audit pool where they are wanted, and says so", async () => {
    const connection = await network.create("sim");
    const [, governor, guardian, auditPool] = (await connection.ethers.getSigners()).map(
      ({ address }) => address as `0x${string}`,
    );
    const deployment = await deployAssay(connection, { tiers: ["demo"], governor, guardian, auditPool });
    expect(deployment).to.include({ governor, guardian, auditPool });
    expect(parseDeployment(JSON.parse(deploymentJson(deployment)))).to.deep.equal(deployment);
    const { ethers } = connection;
    const parameters = await ethers.getContractAt("Parameters", deployment.parameters);
    expect(await (parameters as unknown as Contracts["parameters"]).governor()).to.equal(governor);
    const market = (await ethers.getContractAt(
      "InferenceMarket",
      deployment.inferenceMarket,
    )) as unknown as Contracts["market"];
    const pause = market.connect(await ethers.getSigner(guardian ?? "")) as typeof market;
    await expect(market.pauseNew(60)).to.be.revertedWithCustomError(market, "NotGuardian");
    await expect(pause.pauseNew(60)).to.emit(market, "Paused");
  });

  it("takes a token that exists", async () => {
    const connection = await network.create("sim");
    const token = await (await connection.ethers.deployContract("AssayToken")).getAddress();
    const deployment = await deployAssay(connection, {
      tiers: ["standard", "fast"],
      token: token as `0x${string}`,
    });
    expect(deployment.token).to.equal(token);
    const vault = await connection.ethers.getContractAt("StakeVault", deployment.stakeVault);
    expect(await (vault as unknown as Contracts["vault"]).token()).to.equal(token);
  });

  it("S-15: deploys no play money and no fast clocks to another chain", async () => {
    const connection = await network.create({ network: "sim", override: { chainId: 1 } });
    const refused = async (options: Parameters<typeof deployAssay>[1]) =>
      deployAssay(connection, options).then(
        () => "deployed",
        (error: unknown) => String(error),
      );
    expect(await refused({ tiers: ["standard"] })).to.include("LocalChainOnly");
    const token = `0x${"11".repeat(20)}` as const;
    expect(await refused({ tiers: ["demo"], token })).to.include("ParameterOutOfBounds");
    expect(await refused({ tiers: ["standard"], token })).to.equal("deployed");
  });
});
