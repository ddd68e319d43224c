// Opens the chain that the settings name: endpoints, deployment, and for writes a key.
import { readFileSync } from "node:fs";
import { type AssayActions, assayActions, type Deployment, getDeployment, parseDeployment } from "@assay/sdk";
import {
  type Account,
  createClient,
  fallback,
  http,
  type PublicClient,
  publicActions,
  type Transport,
  type Chain as ViemChain,
} from "viem";
import { second } from "../clock.ts";
import { type Config, redactUrl } from "../config.ts";
import { ConfigError, WrongChainError } from "../errors.ts";
import type { Context } from "./context.ts";

/** Reads of viem and of the protocol; with an account also writes. */
export type ChainClient = PublicClient<Transport, ViemChain | undefined, Account | undefined> & AssayActions;

export type ChainAccess = { client: ChainClient; deployment: Deployment; chainId: number };

/**
 * Connects to the first endpoint that answers and checks that it serves the deployment's chain.
 *
 * @throws WrongChainError, ConfigError, UnknownChainError
 */
export async function openChain(
  { config }: Pick<Context, "config">,
  account?: Account,
): Promise<ChainAccess> {
  const { rpcUrls, rpcTimeoutSeconds } = config;
  const transport = fallback(
    rpcUrls.map((url) => http(url, { timeout: rpcTimeoutSeconds * second, retryCount: 1, retryDelay: 100 })),
    { retryCount: 0 },
  );
  const options = { transport, account, pollingInterval: pollingInterval(config), cacheTime: 0 };
  const client = createClient(options).extend(publicActions);
  const chainId = await client.getChainId();
  if (config.chainId !== undefined && config.chainId !== chainId)
    throw new WrongChainError("The endpoint serves another chain.", {
      facts: { endpoints: rpcUrls.map(redactUrl), chainId, expected: config.chainId },
      hint: "Name an endpoint of the right chain with --rpc-urls, or correct --chain-id",
    });
  const deployment = findDeployment(config, chainId);
  return {
    client: client.extend(assayActions({ deployment })) as unknown as ChainClient,
    deployment,
    chainId,
  };
}

/** The contracts on a chain: from the file that the settings name, or a public deployment. */
export function findDeployment({ deployment: file }: Config, chainId: number): Deployment {
  if (file === undefined) return getDeployment(chainId);
  const deployment = parseDeployment(readJson(file));
  if (deployment.chainId === chainId) return deployment;
  throw new WrongChainError("The deployment is on another chain than the endpoint serves.", {
    facts: { file, deployment: deployment.chainId, endpoint: chainId },
    hint: "Name the endpoint and the deployment file of the same chain",
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigError("The deployment file cannot be read as JSON.", { facts: { file }, cause });
  }
}

/** Receipts of local chains are there at once; elsewhere as often as the settings say. */
function pollingInterval({ pollSeconds, rpcUrls }: Config): number {
  const isLocal = rpcUrls.every((url) => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname));
  return isLocal ? second / 10 : pollSeconds * second;
}
