// Sends burned tokens out of the vault.
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type SweepBurnParameters = WriteParameters;
export type SweepBurnReturnType = WriteReturnType & {
  /** Token units burned. */
  amount: bigint;
};
export type SweepBurnErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link sweepBurn} sends. */
export function sweepBurnCall({ deployment }: Pick<SweepBurnParameters, "deployment">) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "sweepBurn",
    args: [],
  });
}

/**
 * Sends the burns that the vault has recorded to the dead address. Anyone may call.
 *
 * @returns Hash and receipt, and what the contract reported: `amount`.
 *
 * @example
 * import { sweepBurn } from "@assay/sdk";
 *
 * const { amount } = await sweepBurn(client, { deployment });
 */
export async function sweepBurn(
  client: AssayTransportClient,
  parameters: SweepBurnParameters,
): Promise<SweepBurnReturnType> {
  const sent = await sendCall(client, { ...parameters, call: sweepBurnCall(parameters) });
  const { amount } = eventOf(sent.receipt, {
    address: parameters.deployment.stakeVault,
    abi: stakeVaultAbi,
    eventName: "BurnSwept",
  });
  return { ...sent, amount };
}
