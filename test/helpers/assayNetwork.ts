// The protocol on a fresh in-process chain, reached through the SDK: one client for each role.
import { type AssayClient, createAssayClient, type Deployment } from "@assay/sdk";
import { assayTokenAbi } from "@assay/sdk/abi";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { type Address, custom, getAddress, parseEther } from "viem";
import { getBlock, readContract, waitForTransactionReceipt, writeContract } from "viem/actions";
import { deployAssay } from "../../deploy/deployAssay.ts";
import type { TierName } from "../../deploy/parameters.ts";

const roles = [
  "deployer",
  "publisher",
  "requester",
  "worker",
  "challenger",
  "stranger",
  "governor",
  "guardian",
] as const;
export type Role = (typeof roles)[number];

export interface AssayNetwork {
  connection: NetworkConnection;
  deployment: Deployment;
  clients: Record<Role, AssayClient>;
  addresses: Record<Role, Address>;
  /** Token units in an account's wallet. */
  balanceOf(owner: Address): Promise<bigint>;
  /** Unix seconds of the latest block. */
  now(): Promise<bigint>;
  /** Mines a block so many seconds after the latest. */
  advance(seconds: number): Promise<void>;
}

export interface AssayNetworkOptions {
  /** Version 1. */
  tier?: TierName;
  /** Whether governor and guardian hold their offices; nobody does otherwise. */
  governed?: boolean;
  /** The token's contract, of which nobody has any; otherwise play money, of which everybody has a million. */
  token?: string;
}

/** Nothing is approved or staked. */
export async function createAssayNetwork(options: AssayNetworkOptions = {}): Promise<AssayNetwork> {
  const { tier = "devnet", governed = false } = options;
  const connection = await network.create("sim");
  // Hardhat reports reverts as internal errors, which viem would try again three times.
  const transport = custom(connection.provider, { retryCount: 0 });
  const accounts = (await connection.provider.request({ method: "eth_accounts" })) as Address[];
  const addressOf = (role: Role) => getAddress(accounts[roles.indexOf(role)] as Address);
  const offices = { governor: addressOf("governor"), guardian: addressOf("guardian") };
  const deployment = await deployAssay(connection, {
    tiers: [tier],
    ...(governed ? offices : {}),
    ...(options.token ? { token: await deployed(connection, options.token) } : {}),
  });
  const byRole = <value>(create: (role: Role) => value) =>
    Object.fromEntries(roles.map((role) => [role, create(role)])) as Record<Role, value>;
  const clients = byRole((role) =>
    createAssayClient({ transport, account: addressOf(role), deployment, pollingInterval: 20 }),
  );
  const { deployer } = clients;
  const token = { address: deployment.token, abi: assayTokenAbi } as const;
  for (const role of options.token ? [] : roles) {
    const args = [addressOf(role), parseEther("1000000")] as const;
    const account = addressOf("deployer");
    const hash = await writeContract(deployer, {
      ...token,
      functionName: "mint",
      args,
      account,
      chain: null,
    });
    await waitForTransactionReceipt(deployer, { hash });
  }
  return {
    connection,
    deployment,
    clients,
    addresses: byRole(addressOf),
    balanceOf: (owner) => readContract(deployer, { ...token, functionName: "balanceOf", args: [owner] }),
    now: async () => (await getBlock(deployer)).timestamp,
    advance: async (seconds) => {
      await connection.networkHelpers.time.increase(seconds);
    },
  };
}

async function deployed({ ethers }: NetworkConnection, contract: string): Promise<Address> {
  return (await (await ethers.deployContract(contract)).getAddress()) as Address;
}
