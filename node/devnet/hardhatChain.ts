// A chain inside this process: Hardhat's simulated network behind JSON-RPC on loopback, mining on transactions and every second.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Hex } from "viem";
import { second } from "../clock.ts";
import { MissingPackageError } from "./artifacts.ts";

export type LocalChain = { url: string; stop(): Promise<void> };

export type LocalChainOptions = {
  host: string;
  port: number;
  /** Private keys that begin with coins. */
  funded: readonly Hex[];
  /** Milliseconds between blocks when nothing happens; 0 mines on transactions only. */
  blockMilliseconds?: number;
};

export const localChainId = 31_337;

const coins = 10_000n * 10n ** 18n;

/**
 * Starts the chain.
 *
 * @throws MissingPackageError when Hardhat, an optional peer of this package, is not installed.
 */
export async function startHardhatChain({
  host,
  port,
  funded,
  blockMilliseconds = second,
}: LocalChainOptions): Promise<LocalChain> {
  const { createHardhatRuntimeEnvironment } = await loadHardhat();
  const network = {
    type: "edr-simulated" as const,
    chainType: "l1" as const,
    chainId: localChainId,
    allowBlocksWithSameTimestamp: true,
    mining: { auto: true, interval: blockMilliseconds },
    accounts: funded.map((privateKey) => ({ privateKey, balance: coins })),
  };
  const { network: networks } = await createHardhatRuntimeEnvironment(
    { networks: { assay: network } },
    {},
    packageFolder(),
  );
  const server = await networks.createServer("assay", host, port);
  const { address, port: taken } = await server.listen();
  const shownHost = address.includes(":") ? `[${address}]` : address;
  return {
    url: `http://${shownHost}:${taken}`,
    stop: () => server.close(),
  };
}

/** Hardhat insists on the folder of some package; it reads and writes nothing there. */
const packageFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve("@assay/node/package.json"));

async function loadHardhat() {
  try {
    return await import("hardhat/hre");
  } catch (cause) {
    throw new MissingPackageError("A local chain needs Hardhat, which is not installed.", {
      facts: { package: "hardhat", version: ">=3.18" },
      hint: "Run npm i hardhat, or name a chain that runs already: assay devnet --external-chain URL",
      cause,
    });
  }
}
