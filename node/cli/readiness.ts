// What has to be true on-chain before a role is of any use: said at the start, not when the first move fails.
import { getAccount, getProgram, getTier } from "@assay/sdk";
import { stakeVaultAbi } from "@assay/sdk/abi";
import type { Address, Hex } from "viem";
import { FatalError } from "../errors.ts";
import type { ChainAccess } from "./chain.ts";
import { InsufficientBalanceError } from "./tokens.ts";

/** The key may not act for the account. */
export class KeyNotAuthorizedError extends FatalError {
  override name = "KeyNotAuthorizedError";
}

/** Bits of the vault's role set. */
export const vaultRoles = { operator: 1, defender: 2 } as const;

export type VaultRole = keyof typeof vaultRoles;

/** True for the account itself, and for keys that it gave the role. */
export async function mayAct(
  { client, deployment }: Pick<ChainAccess, "client" | "deployment">,
  account: Address,
  key: Address,
  role: VaultRole,
): Promise<boolean> {
  if (account === key) return true;
  const args = [account, key, vaultRoles[role]] as const;
  return client.readContract({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "hasRole",
    args,
  });
}

/** @throws KeyNotAuthorizedError, InsufficientBalanceError */
export async function requireDuty(
  chain: ChainAccess,
  { account, key, role }: { account: Address; key: Address; role: VaultRole },
): Promise<void> {
  const isOperator = await mayAct(chain, account, key, "operator");
  const isAllowed = isOperator || (role === "defender" && (await mayAct(chain, account, key, "defender")));
  if (!isAllowed)
    throw new KeyNotAuthorizedError(`The ${role} key may not act for the account.`, {
      facts: { key, account },
      hint: `The owner authorizes it: assay keys authorize ${role} --address ${key}`,
    });
  await requireCoins(chain, key);
}

/** @throws InsufficientBalanceError when the key cannot pay for any transaction. */
export async function requireCoins({ client }: Pick<ChainAccess, "client">, key: Address): Promise<void> {
  if ((await client.getBalance({ address: key })) > 0n) return;
  throw new InsufficientBalanceError("The key has no coins to pay for gas.", {
    facts: { key },
    hint: "Send it coins; on a devnet: assay faucet",
  });
}

/** @throws the SDK's error for a program that the registry does not know. */
export async function requirePrograms(
  { client, deployment }: ChainAccess,
  programs: readonly Hex[],
): Promise<void> {
  await Promise.all(programs.map((programId) => getProgram(client, { deployment, programId })));
}

export async function freeStake({ client, deployment }: ChainAccess, owner: Address): Promise<bigint> {
  return (await getAccount(client, { deployment, owner })).free;
}

/** What one answer locks at least, in the cheapest of the given tiers. */
export async function leastLock(
  { client, deployment }: ChainAccess,
  versions: readonly number[],
): Promise<bigint> {
  const tiers = await Promise.all(versions.map((version) => getTier(client, { deployment, version })));
  let least = tiers[0]?.minLock ?? 0n;
  for (const { minLock } of tiers) if (minLock < least) least = minLock;
  return least;
}
