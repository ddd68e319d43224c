// A whole local network but for its nodes: chain, contracts, funded accounts with stake, faucet.
import { assayActions, type Deployment } from "@assay/sdk";
import { createWalletClient, http, parseEther, publicActions } from "viem";
import { WrongChainError } from "../errors.ts";
import type { Component } from "../lifecycle.ts";
import { devnetAccounts } from "./accounts.ts";
import { deployContracts } from "./deployContracts.ts";
import { createFaucet, type Faucet } from "./faucet.ts";
import { localChainId, startHardhatChain } from "./hardhatChain.ts";
import { type LocalTierName, localTiers } from "./localTiers.ts";

export type NetworkOptions = {
  host: string;
  rpcPort: number;
  /** A local chain that runs already, with the accounts of the well-known mnemonic funded; started here if not given. */
  externalUrl?: string | undefined;
  /** Version 1 is the first. */
  tiers: readonly LocalTierName[];
  blockMilliseconds?: number | undefined;
};

export type Network = Component & {
  rpcUrl: string;
  deployment: Deployment;
  faucet: Faucet;
  stop(): Promise<void>;
};

/** What the owner's account begins with, in base units. */
export const ownerStake = parseEther("10000");

const roleTokens = parseEther("100000");

/** Starts the network. What it began is stopped again when it cannot be finished. */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { host, rpcPort, externalUrl, blockMilliseconds, tiers } = options;
  const accounts = devnetAccounts();
  const funded = Object.values(accounts).map(({ privateKey }) => privateKey);
  const chain =
    externalUrl === undefined
      ? await startHardhatChain({
          host,
          port: rpcPort,
          funded,
          ...(blockMilliseconds !== undefined && { blockMilliseconds }),
        })
      : { url: externalUrl, stop: async () => {} };
  try {
    await requireLocalChain(chain.url);
    const deployment = await deployContracts({
      rpcUrl: chain.url,
      deployer: accounts.deployer.account,
      tiers: tiers.map((name) => localTiers[name].tier),
      unbondingSeconds: Math.max(...tiers.map((name) => localTiers[name].unbondingSeconds)),
    });
    const faucet = createFaucet({ rpcUrl: chain.url, deployment, account: accounts.faucet.account });
    await fundRoles(chain.url, deployment);
    return { name: "local chain", rpcUrl: chain.url, deployment, faucet, stop: chain.stop };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

async function requireLocalChain(url: string): Promise<void> {
  const chainId = await createWalletClient({ transport: http(url) }).getChainId();
  if (chainId !== localChainId)
    throw new WrongChainError("A local network runs on a local chain only.", {
      facts: { chainId, required: localChainId },
      hint: "Start one with `npx hardhat node` or `anvil`, or leave --external-chain away",
    });
}

/** Tokens for everybody, stake for the owner, roles for the owner's hot keys. */
async function fundRoles(rpcUrl: string, deployment: Deployment): Promise<void> {
  const { deployer, owner, operator, defender, challenger, requester } = devnetAccounts();
  const clientOf = ({ account }: typeof owner) =>
    createWalletClient({ account, transport: http(rpcUrl), pollingInterval: 50 })
      .extend(publicActions)
      .extend(assayActions({ deployment }));
  const minter = createFaucet({
    rpcUrl,
    deployment,
    account: deployer.account,
    coins: 0n,
    tokens: roleTokens,
  });
  for (const { account } of [owner, challenger, requester]) await minter.give(account.address);
  const client = clientOf(owner);
  await client.stake({ amount: ownerStake });
  await client.setKey({ key: operator.account.address, roles: ["operator"] });
  await client.setKey({ key: defender.account.address, roles: ["defender"] });
}
