// A local network for tests of the command line: chain, contracts, funded keys, and a folder with settings for them.
import { join } from "node:path";
import { assayActions, type Deployment } from "@assay/sdk";
import { createTestClient, createWalletClient, http, publicActions } from "viem";
import { type DevnetRole, devnetAccounts } from "../../node/devnet/accounts.ts";
import { createDevnetHome, type DevnetHome, describeNetwork } from "../../node/devnet/home.ts";
import { type Network, startNetwork } from "../../node/devnet/network.ts";
import { readPrograms, registerPrograms } from "../../node/devnet/programs.ts";
import type { ProgramFiles } from "../../node/programFiles.ts";
import { assay, type Ran, type RunOptions, temporaryHome } from "./commandLine.ts";

export type TestDevnet = {
  network: Network;
  home: DevnetHome;
  deployment: Deployment;
  /** Where commands find the network. */
  folder: string;
  /** A command in the network's folder. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The protocol's actions, signed by a role. */
  clientOf(role: DevnetRole): ReturnType<typeof clientOf>;
  /** Moves the chain's time on and mines a block. */
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
};

export async function startTestDevnet(): Promise<TestDevnet> {
  const temporary = temporaryHome();
  const home = await createDevnetHome(join(temporary.path, "devnet"));
  const network = await startNetwork({
    host: "127.0.0.1",
    rpcPort: 0,
    tiers: ["demo"],
    blockMilliseconds: 200,
  });
  const { deployment, rpcUrl } = network;
  describeNetwork(home, { deployment, rpcUrl, workerUrl: undefined });
  const chain = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  return {
    network,
    home,
    deployment,
    folder: home.folder,
    run: (argv, options = {}) => assay(argv, { folder: home.folder, ...options }),
    clientOf: (role) => clientOf(role, rpcUrl, deployment),
    advance: async (seconds) => {
      await chain.increaseTime({ seconds });
      await chain.mine({ blocks: 1 });
    },
    stop: async () => {
      await network.stop();
      temporary.remove();
    },
  };
}

function clientOf(role: DevnetRole, rpcUrl: string, deployment: Deployment) {
  const { account } = devnetAccounts()[role];
  return createWalletClient({ account, transport: http(rpcUrl), pollingInterval: 20 })
    .extend(publicActions)
    .extend(assayActions({ deployment }));
}

/** The digits program, registered. */
export async function registerDigits({ network, deployment }: TestDevnet): Promise<ProgramFiles> {
  const [digits] = readPrograms([]);
  await registerPrograms(network.rpcUrl, deployment, [digits!]);
  return digits!;
}

export { digitsFolder } from "../../node/devnet/programs.ts";
