// Frees stake that has left a channel.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type TakeAllotmentParameters = WriteParameters & {
  /** The channel. */
  channelId: Hex;
};
export type TakeAllotmentReturnType = WriteReturnType & {
  /** Token units freed. */
  amount: bigint;
};
export type TakeAllotmentErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link takeAllotment} sends. */
export function takeAllotmentCall({
  deployment,
  channelId,
}: Pick<TakeAllotmentParameters, "deployment" | "channelId">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "takeAllotment",
    args: [channelId],
  });
}

/**
 * Returns what has left a channel's allotment to the worker's free stake. What opened receipts reserve stays. The sender is
 * the worker or its operator key.
 *
 * @param parameters.channelId - The channel.
 * @returns Hash and receipt, and what was freed: `amount`.
 *
 * @example
 * import { takeAllotment } from "@assay/sdk";
 *
 * const { amount } = await takeAllotment(client, { deployment, channelId });
 */
export async function takeAllotment(
  client: AssayTransportClient,
  parameters: TakeAllotmentParameters,
): Promise<TakeAllotmentReturnType> {
  const sent = await sendCall(client, { ...parameters, call: takeAllotmentCall(parameters) });
  const { amount } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "AllotmentTaken",
  });
  return { ...sent, amount };
}
