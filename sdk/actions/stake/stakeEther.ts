// Adds stake to an account, paid in ether.
import type { Address } from "viem";
import { parseAccount } from "viem/accounts";
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import { MissingAccountError } from "../../errors/clientErrors.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type StakeEtherParameters = WriteParameters & {
  /** Whose stake grows; the sender's when left out. */
  owner?: Address | undefined;
  /** Wei. */
  amount: bigint;
};
export type StakeEtherReturnType = WriteReturnType;
export type StakeEtherErrorType = SendCallErrorType | MissingAccountError;

/** The call that {@link stakeEther} sends. */
export function stakeEtherCall({
  deployment,
  owner,
  amount,
}: Pick<StakeEtherParameters, "deployment" | "amount"> & { owner: Address }) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "stakeEther",
    args: [owner],
    value: amount,
  });
}

/**
 * Adds stake to an account, paid in ether, which the vault wraps. Only where the stake token is wrapped ether.
 *
 * @param parameters.owner - Whose stake grows; the sender's when left out.
 * @param parameters.amount - Wei.
 * @returns Hash and receipt.
 *
 * @example
 * import { stakeEther } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * await stakeEther(client, { deployment, amount: parseEther("1") });
 */
export async function stakeEther(
  client: AssayTransportClient,
  parameters: StakeEtherParameters,
): Promise<StakeEtherReturnType> {
  const { deployment, amount, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  const owner = parameters.owner ?? parseAccount(account).address;
  return sendCall(client, { ...parameters, call: stakeEtherCall({ deployment, owner, amount }) });
}
