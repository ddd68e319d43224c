// Adds stake to an account.
import type { Address } from "viem";
import { parseAccount } from "viem/accounts";
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import { type InsufficientAllowanceError, MissingAccountError } from "../../errors/clientErrors.ts";
import type { Permit } from "../../protocol/request.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { signPermit } from "./signPermit.ts";

export type StakeParameters = SpendParameters & {
  /** Whose stake grows; the sender's when left out. */
  owner?: Address | undefined;
  /** Token units. */
  amount: bigint;
  /** `true` signs a permit instead of sending an approval: one transaction where the token supports it. */
  permit?: boolean | undefined;
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

/** The call that {@link stake} sends with a permit, which the sender has signed. */
export function stakeWithPermitCall({
  deployment,
  owner,
  amount,
  permit,
}: Pick<StakeParameters, "deployment" | "amount"> & { owner: Address; permit: Permit }) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "stakeWithPermit",
    args: [owner, amount, permit],
  });
}

/**
 * Adds stake to an account, paid by the sender. Approves the vault first when needed.
 *
 * @param parameters.owner - Whose stake grows; the sender's when left out.
 * @param parameters.amount - Token units.
 * @param parameters.permit - `true` signs a permit instead of sending an approval.
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
  if (parameters.permit) {
    const permit = await signPermit(client, { deployment, amount, account });
    return sendCall(client, {
      ...parameters,
      call: stakeWithPermitCall({ deployment, owner, amount, permit }),
    });
  }
  return spend(client, { ...parameters, call: stakeCall({ deployment, owner, amount }) });
}
