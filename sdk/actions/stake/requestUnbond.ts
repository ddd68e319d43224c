// Starts to unbond the sender's own free stake.
import { stakeVaultAbi } from "../../abi/stakeVault.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RequestUnbondParameters = WriteParameters & {
  /** Token units of free stake. */
  amount: bigint;
};
export type RequestUnbondReturnType = WriteReturnType & {
  /** Unix seconds from which `withdraw` pays it out. */
  availableAt: bigint;
};
export type RequestUnbondErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link requestUnbond} sends. */
export function requestUnbondCall({
  deployment,
  amount,
}: Pick<RequestUnbondParameters, "deployment" | "amount">) {
  return contractCall({
    address: deployment.stakeVault,
    abi: stakeVaultAbi,
    functionName: "requestUnbond",
    args: [amount],
  });
}

/**
 * Starts unbonding of the sender's own free stake. It stays in the vault, and slashable, until it is withdrawn.
 *
 * @param parameters.amount - Token units of free stake.
 * @returns Hash and receipt, and what the contract reported: `availableAt`.
 *
 * @example
 * import { requestUnbond } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * const { availableAt } = await requestUnbond(client, { deployment, amount: parseEther("10") });
 */
export async function requestUnbond(
  client: AssayTransportClient,
  parameters: RequestUnbondParameters,
): Promise<RequestUnbondReturnType> {
  const sent = await sendCall(client, { ...parameters, call: requestUnbondCall(parameters) });
  const { availableAt } = eventOf(sent.receipt, {
    address: parameters.deployment.stakeVault,
    abi: stakeVaultAbi,
    eventName: "UnbondRequested",
  });
  return { ...sent, availableAt };
}
