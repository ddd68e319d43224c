// The chain of the story: Hardhat in this process behind JSON-RPC on loopback, deployed to with Ignition.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AssayActions, assayActions, type Deployment, sendCall } from "@assay/sdk";
import { assayTokenAbi } from "@assay/sdk/abi";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatIgnition from "@nomicfoundation/hardhat-ignition";
import hardhatIgnitionEthers from "@nomicfoundation/hardhat-ignition-ethers";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import {
  type Account,
  type Chain,
  createClient,
  http,
  type PublicClient,
  parseEther,
  publicActions,
  type Transport,
} from "viem";
import { deployAssay } from "../../deploy/deployAssay.ts";
import { localChainId, startHardhatChain } from "../../node/devnet/hardhatChain.ts";
import { cast, fundedKeys, type Key } from "./cast.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const host = "127.0.0.1";

/** What everybody who holds tokens begins with. */
export const wealth = parseEther("5000");

/** Reads, and the writes of one key. */
export type StoryClient = PublicClient<Transport, Chain | undefined, Account> & AssayActions;

export interface StoryChain {
  rpcUrl: string;
  deployment: Deployment;
  clientOf(key: Key): StoryClient;
  stop(): Promise<void>;
}

/** A chain that mines on transactions and every second. */
export const startChain = () => startHardhatChain({ host, port: 0, funded: fundedKeys() });

/** Deploys everything through Ignition, over the same endpoint that everybody uses. */
export async function deploy(rpcUrl: string, folder: string): Promise<Deployment> {
  mkdirSync(folder, { recursive: true });
  const { network } = await createHardhatRuntimeEnvironment(
    {
      plugins: [hardhatEthers, hardhatIgnition, hardhatIgnitionEthers],
      // Ignition keeps a journal for chains that outlive a process; this one does not.
      paths: { ignition: join(folder, "ignition") },
      networks: {
        story: {
          type: "http",
          chainType: "l1",
          chainId: localChainId,
          url: rpcUrl,
          accounts: [cast.deployer.privateKey],
        },
      },
    },
    {},
    root,
  );
  const connection = await network.create("story");
  try {
    return await deployAssay(connection, { tiers: ["demo"] });
  } finally {
    await connection.close();
  }
}

export function clientFor(rpcUrl: string, deployment: Deployment) {
  return ({ account }: Key): StoryClient =>
    createClient({ account, transport: http(rpcUrl), pollingInterval: 50, cacheTime: 0 })
      .extend(publicActions)
      .extend(assayActions({ deployment })) as unknown as StoryClient;
}

/** Play tokens for everybody who stakes, pays or puts up a bond. */
export async function handOutTokens(client: StoryClient, { token }: Deployment): Promise<void> {
  const { publisher, requester, watchtower, workers } = cast;
  for (const { address } of [publisher, requester, watchtower, ...workers.map(({ owner }) => owner)]) {
    const mint = { address: token, abi: assayTokenAbi, functionName: "mint", args: [address, wealth] };
    await sendCall(client, { call: mint });
  }
}
