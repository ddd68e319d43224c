// Takes what a channel forfeited and no longer reserves.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type CollectOwedParameters = WriteParameters & {
  /** The channel. */
  channelId: Hex;
};
export type CollectOwedReturnType = WriteReturnType & {
  /** Token units taken. */
  amount: bigint;
  /** Token units credited to the sender. */
  reward: bigint;
};
export type CollectOwedErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link collectOwed} sends. */
export function collectOwedCall({
  deployment,
  channelId,
}: Pick<CollectOwedParameters, "deployment" | "channelId">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "collectOwed",
    args: [channelId],
  });
}

/**
 * Takes what a channel has forfeited and opened receipts no longer reserve: 15 % is the sender's, the rest is burned. Anyone
 * may call.
 *
 * @param parameters.channelId - The channel.
 * @returns Hash and receipt, and what the contract reported: `amount`, `reward`.
 *
 * @example
 * import { collectOwed } from "@assay/sdk";
 *
 * const { reward } = await collectOwed(client, { deployment, channelId });
 */
export async function collectOwed(
  client: AssayTransportClient,
  parameters: CollectOwedParameters,
): Promise<CollectOwedReturnType> {
  const sent = await sendCall(client, { ...parameters, call: collectOwedCall(parameters) });
  const { amount, reward } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "OwedCollected",
  });
  return { ...sent, amount, reward };
}
