// Distributes a slash.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  type SourceParameters,
  sourceOf,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type SettleSlashParameters = WriteParameters &
  SourceParameters & {
    /** The slashed commitment. */
    commitId: Hex;
  };
export type SettleSlashReturnType = WriteReturnType & {
  /** Token units. */
  reporterReward: bigint;
  /** Token units, shared by the challengers for their gas. */
  gasPot: bigint;
  /** Token units credited to the requester, or to the payer of the receipt. */
  compensation: bigint;
  /** Token units credited to the deployment's audit pool, where it has one. */
  audit: bigint;
  /** Token units. */
  burned: bigint;
};
export type SettleSlashErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link settleSlash} sends. */
export function settleSlashCall({
  deployment,
  source,
  commitId,
}: Pick<SettleSlashParameters, "deployment" | "source" | "commitId">) {
  return contractCall({
    address: sourceOf(deployment, source),
    abi: channelsAbi,
    functionName: "settle",
    args: [commitId],
  });
}

/**
 * Distributes a slash after the airgap: reward, gas pot, compensation, audit share, burn. Anyone may call.
 *
 * @param parameters.commitId - The slashed commitment.
 * @param parameters.source - Whose commitment it is; the market's when left out.
 * @returns Hash and receipt, and what the contract reported: the shares in token units.
 *
 * @example
 * import { settleSlash } from "@assay/sdk";
 *
 * const { reporterReward, compensation, burned } = await settleSlash(client, { deployment, commitId });
 */
export async function settleSlash(
  client: AssayTransportClient,
  parameters: SettleSlashParameters,
): Promise<SettleSlashReturnType> {
  const sent = await sendCall(client, { ...parameters, call: settleSlashCall(parameters) });
  const { reporterReward, gasPot, compensation, audit, burned } = eventOf(sent.receipt, {
    address: sourceOf(parameters.deployment, parameters.source),
    abi: channelsAbi,
    eventName: "SlashSettled",
  });
  return { ...sent, reporterReward, gasPot, compensation, audit, burned };
}
