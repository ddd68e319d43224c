// Distributes a slash.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type SettleSlashParameters = WriteParameters & {
  /** The slashed commitment. */
  commitId: Hex;
};
export type SettleSlashReturnType = WriteReturnType & {
  /** Token units. */
  reporterReward: bigint;
  /** Token units, shared by the challengers for their gas. */
  gasPot: bigint;
  /** Token units credited to the requester. */
  compensation: bigint;
  /** Token units. */
  burned: bigint;
};
export type SettleSlashErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link settleSlash} sends. */
export function settleSlashCall({
  deployment,
  commitId,
}: Pick<SettleSlashParameters, "deployment" | "commitId">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "settle",
    args: [commitId],
  });
}

/**
 * Distributes a slash after the airgap: reward, gas pot, compensation, burn. Anyone may call.
 *
 * @param parameters.commitId - The slashed commitment.
 * @returns Hash and receipt, and what the contract reported: `reporterReward`, `gasPot`, `compensation`, `burned`.
 *
 * @example
 * import { settleSlash } from "@assay/sdk";
 *
 * const { reporterReward, gasPot, compensation, burned } = await settleSlash(client, { deployment, commitId });
 */
export async function settleSlash(
  client: AssayTransportClient,
  parameters: SettleSlashParameters,
): Promise<SettleSlashReturnType> {
  const sent = await sendCall(client, { ...parameters, call: settleSlashCall(parameters) });
  const { reporterReward, gasPot, compensation, burned } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "SlashSettled",
  });
  return { ...sent, reporterReward, gasPot, compensation, burned };
}
