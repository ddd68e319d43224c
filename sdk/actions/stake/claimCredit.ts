// Pays out the sender's credit.
import type { Address } from "viem";
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ClaimCreditParameters = WriteParameters & {
  /** Who receives the tokens. */
  to: Address;
};
export type ClaimCreditReturnType = WriteReturnType & {
  /** Token units paid out. */
  amount: bigint;
};
export type ClaimCreditErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link claimCredit} sends. */
export function claimCreditCall({ deployment, to }: Pick<ClaimCreditParameters, "deployment" | "to">) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "claimCredit",
    args: [to],
  });
}

/**
 * Pays out what the protocol owes the sender: fees earned, refunds, returned bonds, rewards.
 *
 * @param parameters.to - Who receives the tokens.
 * @returns Hash and receipt, and what the contract reported: `amount`.
 *
 * @example
 * import { claimCredit } from "@assay/sdk";
 *
 * const { amount } = await claimCredit(client, { deployment, to: account.address });
 */
export async function claimCredit(
  client: AssayTransportClient,
  parameters: ClaimCreditParameters,
): Promise<ClaimCreditReturnType> {
  const sent = await sendCall(client, { ...parameters, call: claimCreditCall(parameters) });
  const { amount } = eventOf(sent.receipt, {
    address: parameters.deployment.stakeVault,
    abi: stakeVaultAbi,
    eventName: "CreditClaimed",
  });
  return { ...sent, amount };
}
