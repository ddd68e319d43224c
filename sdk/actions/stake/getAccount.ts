// Reads what an account holds in the vault.
import type { Address } from "viem";
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

/** All amounts in token units. */
export type VaultAccount = {
  /** Stake that nothing holds. */
  free: bigint;
  /** Stake at risk for commitments. */
  locked: bigint;
  /** Stake on its way out, by tranche. Still slashable. */
  unbonding: bigint;
  tranches: readonly {
    amount: bigint;
    /** Unix seconds. */
    availableAt: bigint;
  }[];
  /** What the protocol owes the account; see `claimCredit`. */
  credit: bigint;
};

export type GetAccountParameters = ReadParameters & { owner: Address };
export type GetAccountReturnType = VaultAccount;
export type GetAccountErrorType = ContractError | Error;

/**
 * Reads what an account holds in the vault: free, locked and unbonding stake, and credit.
 *
 * @param parameters.owner - The account.
 * @returns Amounts in token units; all zero for an account that the vault has never seen.
 *
 * @example
 * import { getAccount } from "@assay/sdk";
 *
 * const { free, credit } = await getAccount(client, { deployment, owner: "0x…" });
 */
export async function getAccount(
  client: AssayTransportClient,
  { deployment, owner, ...block }: GetAccountParameters,
): Promise<GetAccountReturnType> {
  const vault = {
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    args: [owner],
    ...atBlock(block),
  } as const;
  const [account, tranches] = await Promise.all([
    readCall(client, { ...vault, functionName: "account" }),
    readCall(client, { ...vault, functionName: "tranches" }),
  ]);
  return { ...account, tranches };
}
