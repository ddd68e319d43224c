// Everybody who plays in the stories on a chain: keys, tokens, books, time that a test moves.
import { type AssayActions, assayActions, type Deployment } from "@assay/sdk";
import { assayTokenAbi, stakeVaultAbi } from "@assay/sdk/abi";
import {
  type Account,
  type Address,
  type Chain,
  createClient,
  type Hex,
  type PublicClient,
  parseEther,
  publicActions,
  type Transport,
} from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { writeContract } from "viem/actions";
import { type TierName, tiers } from "../../deploy/parameters.ts";
import { type Clock, second, systemClock } from "../../node/clock.ts";

export const people = [
  "deployer",
  "publisher",
  "requester",
  "worker",
  "watchtower",
  "friend",
  "defender",
  "keeper",
  "stranger",
] as const;
export type Person = (typeof people)[number];

/** Reads and writes of a person. */
export type PersonClient = PublicClient<Transport, Chain | undefined, Account> & AssayActions;

export interface Network {
  deployment: Deployment;
  tier: (typeof tiers)[TierName];
  transport: Transport;
  clients: Record<Person, PersonClient>;
  addresses: Record<Person, Address>;
  /** Follows the chain's time. */
  clock: Clock;
  /** Unix seconds of the latest block. */
  now(): Promise<bigint>;
  /** Mines a block so many seconds after the latest. */
  advance(seconds: number): Promise<void>;
  /** Sends a raw JSON-RPC request to the chain. */
  request(method: string, params?: unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

export const wealth = parseEther("1000000");

/** The key pairs that every local chain funds. */
export const accountOf = (person: Person): HDAccount =>
  mnemonicToAccount("test test test test test test test test test test test junk", {
    addressIndex: people.indexOf(person),
  });

export function privateKeyOf(person: Person): Hex {
  const { privateKey } = accountOf(person).getHdKey();
  return `0x${Buffer.from(privateKey ?? []).toString("hex")}`;
}

export interface OpenNetworkOptions {
  deployment: Deployment;
  tier: TierName;
  transport: Transport;
  close(): Promise<void>;
}

/** Everybody on a chain that runs, each with a million tokens; nothing is approved or staked. */
export async function openNetwork({
  deployment,
  tier,
  transport,
  close,
}: OpenNetworkOptions): Promise<Network> {
  const byPerson = <value>(create: (person: Person) => value) =>
    Object.fromEntries(people.map((person) => [person, create(person)])) as Record<Person, value>;
  const clients = byPerson(
    (person) =>
      createClient({ transport, account: accountOf(person), pollingInterval: 10, cacheTime: 0 })
        .extend(publicActions)
        .extend(assayActions({ deployment })) as unknown as PersonClient,
  );
  const addresses = byPerson((person) => accountOf(person).address);
  const { deployer } = clients;
  for (const person of people) await mint(deployer, deployment.token, addresses[person]);

  let offset = 0;
  const request = (method: string, params: unknown[] = []) =>
    deployer.request({ method, params } as unknown as Parameters<typeof deployer.request>[0]);
  const now = async () => (await deployer.getBlock()).timestamp;
  return {
    deployment,
    tier: tiers[tier],
    transport,
    clients,
    addresses,
    clock: { ...systemClock, now: () => Date.now() + offset },
    now,
    advance: async (seconds) => {
      await request("evm_increaseTime", [seconds]);
      await request("evm_mine");
      offset = Math.max(0, Number(await now()) * second - Date.now());
    },
    request,
    close,
  };
}

async function mint(client: PersonClient, token: Address, to: Address): Promise<void> {
  const call = {
    address: token,
    abi: assayTokenAbi,
    functionName: "mint",
    args: [to, wealth],
    chain: null,
  } as const;
  await client.waitForTransactionReceipt({ hash: await writeContract(client, call) });
}

const burnAddress = "0x000000000000000000000000000000000000dEaD";

/** Where all tokens are: in wallets, in the vault's books, burned. */
export interface Books {
  wallets: Record<Person, bigint>;
  /** Credits in the vault. */
  credits: Record<Person, bigint>;
  /** What accounts, escrows and the pending burn sum to. */
  ledger: bigint;
  /** What the vault holds. */
  vault: bigint;
  /** Recorded as burned, still in the vault. */
  pendingBurn: bigint;
  /** At the dead address. */
  swept: bigint;
}

export async function readBooks({ deployment, clients, addresses }: Network): Promise<Books> {
  const { deployer } = clients;
  const balanceOf = (owner: Address) =>
    deployer.readContract({
      address: deployment.token,
      abi: assayTokenAbi,
      functionName: "balanceOf",
      args: [owner],
    });
  const vault = { address: deployment.stakeVault, abi: stakeVaultAbi } as const;
  const each = async <value>(read: (person: Person) => Promise<value>) =>
    Object.fromEntries(
      await Promise.all(people.map(async (person) => [person, await read(person)])),
    ) as Record<Person, value>;
  const accounts = await each((person) => deployer.getAccount({ owner: addresses[person] }));
  const modules = await deployer.readContract({ ...vault, functionName: "modules" });
  const escrows = await Promise.all(
    modules.map((module) => deployer.readContract({ ...vault, functionName: "escrow", args: [module] })),
  );
  const pendingBurn = await deployer.readContract({ ...vault, functionName: "pendingBurn" });
  const owned = Object.values(accounts).map(
    ({ free, locked, unbonding, credit }) => free + locked + unbonding + credit,
  );
  return {
    wallets: await each((person) => balanceOf(addresses[person])),
    credits: await each(async (person) => accounts[person].credit),
    ledger: [...owned, ...escrows, pendingBurn].reduce((total, one) => total + one, 0n),
    vault: await balanceOf(deployment.stakeVault),
    pendingBurn,
    swept: await balanceOf(burnAddress),
  };
}
