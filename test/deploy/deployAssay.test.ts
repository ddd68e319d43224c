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
    // I-50: the two calls of the deployer are used up.
    await expect(vault.setModules([deployer])).to.be.revertedWithCustomError(vault, "ModulesAlreadySet");
    await expect(market.setGame(deployer)).to.be.revertedWithCustomError(market, "GameAlreadySet");
    const [named] = (await vault.queryFilter("ModulesSet")) as EventLog[];
    expect(named?.args.modules).to.have.members([
      deployment.inferenceMarket,
      deployment.disputeGame,
      deployment.programRegistry,
    ]);
  });

  it("takes a token that exists", async () => {
    const connection = await network.create("sim");
    const token = await (await connection.ethers.deployContract("AssayToken")).getAddress();
    const deployment = await deployAssay(connection, { tiers: ["standard"], token: token as `0x${string}` });
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
