// Pays out the sender's unbonded stake.
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type WithdrawParameters = WriteParameters;
export type WithdrawReturnType = WriteReturnType & {
  /** Token units paid out. */
  amount: bigint;
};
export type WithdrawErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link withdraw} sends. */
export function withdrawCall({ deployment }: Pick<WithdrawParameters, "deployment">) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "withdraw",
    args: [],
  });
}

/**
 * Pays out every tranche of the sender's stake whose unbonding has ended.
 *
 * @returns Hash and receipt, and what the contract reported: `amount`.
 *
 * @example
 * import { withdraw } from "@assay/sdk";
 *
 * const { amount } = await withdraw(client, { deployment });
 */
export async function withdraw(
  client: AssayTransportClient,
  parameters: WithdrawParameters,
): Promise<WithdrawReturnType> {
  const sent = await sendCall(client, { ...parameters, call: withdrawCall(parameters) });
  const { amount } = eventOf(sent.receipt, {
    address: parameters.deployment.stakeVault,
    abi: stakeVaultAbi,
    eventName: "Withdrawn",
  });
  return { ...sent, amount };
}
