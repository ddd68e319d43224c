// Where every token went: what each account paid into the vault, what it took out, and what the vault's ledger still owes.
import type { Deployment } from "@assay/sdk";
import { stakeVaultAbi } from "@assay/sdk/abi";
import { type Address, erc20Abi, getAbiItem } from "viem";
import { nameOf, people } from "./cast.ts";
import type { StoryClient } from "./chain.ts";
import { StoryError } from "./errors.ts";
import type { TokenRow } from "./record.ts";

const deadAddress: Address = "0x000000000000000000000000000000000000dEaD";

/**
 * One row an account, and one for each place of the vault that belongs to no account.
 *
 * @throws StoryError unless everything that came in went out or is held, to the last unit.
 */
export async function readBooks(client: StoryClient, deployment: Deployment): Promise<TokenRow[]> {
  const { token, stakeVault } = deployment;
  const rows = new Map<string, TokenRow>();
  const row = (who: string): TokenRow => {
    const known = rows.get(who) ?? { who, in: 0n, out: 0n, held: 0n };
    rows.set(who, known);
    return known;
  };
  for (const { name } of people) row(name);

  const transfers = await client.getLogs({
    address: token,
    event: getAbiItem({ abi: erc20Abi, name: "Transfer" }),
    fromBlock: deployment.startBlock,
    strict: true,
  });
  for (const { args } of transfers) {
    if (isSame(args.to, stakeVault)) row(nameOf(args.from)).in += args.value;
    if (isSame(args.from, stakeVault))
      row(isSame(args.to, deadAddress) ? "burned" : nameOf(args.to)).out += args.value;
  }

  const accounts = new Map(people.map(({ name, key }) => [key.address, name]));
  for (const [owner, name] of accounts) {
    const { free, locked, unbonding, credit } = await client.getAccount({ owner });
    row(name).held += free + locked + unbonding + credit;
  }
  const vault = { address: stakeVault, abi: stakeVaultAbi } as const;
  const places = [
    ["bond of the program", deployment.programRegistry],
    ["fees in escrow", deployment.inferenceMarket],
    ["bonds in escrow", deployment.disputeGame],
    ["input bonds in escrow", deployment.inputRequests],
  ] as const;
  for (const [who, module] of places)
    row(who).held = await client.readContract({ ...vault, functionName: "escrow", args: [module] });
  row("to be burned").held = await client.readContract({ ...vault, functionName: "pendingBurn" });

  const all = [...rows.values()].filter((one) => one.in + one.out + one.held > 0n);
  const balance = await client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [stakeVault],
  });
  assertBalanced(all, balance);
  return all;
}

export const total = (rows: readonly TokenRow[], column: "in" | "out" | "held"): bigint =>
  rows.reduce((sum, row) => sum + row[column], 0n);

function assertBalanced(rows: readonly TokenRow[], balance: bigint): void {
  const [paid, taken, held] = [total(rows, "in"), total(rows, "out"), total(rows, "held")];
  if (paid === taken + held && held === balance) return;
  throw new StoryError("The books do not balance.", { facts: { in: paid, out: taken, held, balance } });
}

const isSame = (one: Address, other: Address): boolean => one.toLowerCase() === other.toLowerCase();
