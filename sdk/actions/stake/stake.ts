// Adds stake to an account.
import type { Address } from "viem";
import { parseAccount } from "viem/accounts";
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import { type InsufficientAllowanceError, MissingAccountError } from "../../errors/clientErrors.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";

export type StakeParameters = SpendParameters & {
  /** Whose stake grows; the sender's when left out. */
  owner?: Address | undefined;
  /** Token units. */
  amount: bigint;
};
export type StakeReturnType = WriteReturnType;
export type StakeErrorType = SendCallErrorType | InsufficientAllowanceError;

/** The call that {@link stake} sends once the vault may take the tokens. */
export function stakeCall({
  deployment,
  owner,
  amount,
}: Pick<StakeParameters, "deployment" | "amount"> & { owner: Address }) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "stake",
    args: [owner, amount],
  });
}

/**
 * Adds stake to an account, paid by the sender. Approves the vault first when needed.
 *
 * @param parameters.owner - Whose stake grows; the sender's when left out.
 * @param parameters.amount - Token units.
 * @returns Hash and receipt.
 *
 * @example
 * import { stake } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * await stake(client, { deployment, amount: parseEther("1000") });
 */
export async function stake(
  client: AssayTransportClient,
  parameters: StakeParameters,
): Promise<StakeReturnType> {
  const { deployment, amount, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  const owner = parameters.owner ?? parseAccount(account).address;
  return spend(client, { ...parameters, call: stakeCall({ deployment, owner, amount }) });
}
