// Deploys the protocol through Ignition and says where everything lies, as the SDK reads it.
import type { Deployment } from "@assay/sdk";
import type { NetworkConnection } from "hardhat/types/network";
import { heldOffices, type Offices, officeAddresses } from "../node/devnet/describeDeployment.ts";
import Assay from "./modules/Assay.ts";
import LocalAssay from "./modules/LocalAssay.ts";
import { parameterSet, type TierName } from "./parameters.ts";

type Address = Deployment["token"];

export interface DeployAssayOptions extends Offices {
  /** Version 1 is the first. `devnet` and `demo` exist only on chain id 31337. */
  tiers: readonly TierName[];
  /** The stake token; play money is deployed without one, on chain id 31337 only. */
  token?: Address | undefined;
}

/** Deploys everything with the connection's first account, which keeps no power over it. */
export async function deployAssay(
  connection: NetworkConnection,
  { tiers, token, ...offices }: DeployAssayOptions,
): Promise<Deployment> {
  const { ethers, ignition } = connection;
  const startBlock = BigInt((await ethers.provider.getBlockNumber()) + 1);
  const { chainId } = await ethers.provider.getNetwork();
  const set = parameterSet(tiers);
  // Ignition's parameters are plain JSON values and bigints.
  const shared = {
    tiers: set.tiers.map((tier) => ({ ...tier })),
    unbondingSeconds: set.unbondingSeconds,
    ...officeAddresses(offices),
  };

  const at = async (contract: { getAddress(): Promise<string> }) => (await contract.getAddress()) as Address;
  const deploy = async () => {
    if (token)
      return { token, ...(await ignition.deploy(Assay, { parameters: { Assay: { ...shared, token } } })) };
    const { token: minted, ...rest } = await ignition.deploy(LocalAssay, {
      parameters: { LocalAssay: shared },
    });
    return { token: await at(minted), ...rest };
  };

  const { token: existing, ...deployed } = await deploy();
  const addresses = await Promise.all(
    Object.entries(deployed).map(async ([name, contract]) => [name, await at(contract)] as const),
  );
  return {
    chainId: Number(chainId),
    startBlock,
    token: existing,
    ...(Object.fromEntries(addresses) as Record<keyof typeof deployed, Address>),
    ...heldOffices(offices),
  };
}

/** The JSON of `deployments/<chainId>.json`; `parseDeployment` of the SDK reads it. */
export const deploymentJson = (deployment: Deployment): string =>
  `${JSON.stringify({ ...deployment, startBlock: Number(deployment.startBlock) }, null, 2)}\n`;
