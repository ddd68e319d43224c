// Deploys the protocol through Ignition and says where everything lies, as the SDK reads it.
import type { Deployment } from "@assay/sdk";
import type { NetworkConnection } from "hardhat/types/network";
import Assay from "./modules/Assay.ts";
import LocalAssay from "./modules/LocalAssay.ts";
import { parameterSet, type TierName } from "./parameters.ts";

type Address = Deployment["token"];

export interface DeployAssayOptions {
  /** Version 1 is the first. Tiers other than `standard` exist only on chain id 31337. */
  tiers: readonly TierName[];
  /** The stake token; play money is deployed without one, on chain id 31337 only. */
  token?: Address;
}

/** Deploys everything with the connection's first account, which keeps no power over it. */
export async function deployAssay(
  connection: NetworkConnection,
  { tiers, token }: DeployAssayOptions,
): Promise<Deployment> {
  const { ethers, ignition } = connection;
  const startBlock = BigInt((await ethers.provider.getBlockNumber()) + 1);
  const { chainId } = await ethers.provider.getNetwork();
  const set = parameterSet(tiers);
  // Ignition's parameters are plain JSON values and bigints.
  const shared = { tiers: set.tiers.map((tier) => ({ ...tier })), unbondingSeconds: set.unbondingSeconds };

  const at = async (contract: { getAddress(): Promise<string> }) => (await contract.getAddress()) as Address;
  const deploy = async () => {
    if (token)
      return { token, ...(await ignition.deploy(Assay, { parameters: { Assay: { ...shared, token } } })) };
    const { token: minted, ...rest } = await ignition.deploy(LocalAssay, {
      parameters: { LocalAssay: shared },
    });
    return { ...rest, token: await at(minted) };
  };

  const deployed = await deploy();
  return {
    chainId: Number(chainId),
    startBlock,
    token: deployed.token,
    stakeVault: await at(deployed.stakeVault),
    programRegistry: await at(deployed.programRegistry),
    inferenceMarket: await at(deployed.inferenceMarket),
    disputeGame: await at(deployed.disputeGame),
    stepVerifier: await at(deployed.stepVerifier),
    parameters: await at(deployed.parameters),
  };
}

/** The JSON of `deployments/<chainId>.json`; `parseDeployment` of the SDK reads it. */
export const deploymentJson = (deployment: Deployment): string =>
  `${JSON.stringify({ ...deployment, startBlock: Number(deployment.startBlock) }, null, 2)}\n`;
