// Pays out escrow that has left a channel.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type TakeEscrowParameters = WriteParameters & {
  /** The channel. */
  channelId: Hex;
};
export type TakeEscrowReturnType = WriteReturnType & {
  /** Token units paid out. */
  amount: bigint;
};
export type TakeEscrowErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link takeEscrow} sends. */
export function takeEscrowCall({
  deployment,
  channelId,
}: Pick<TakeEscrowParameters, "deployment" | "channelId">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "takeEscrow",
    args: [channelId],
  });
}

/**
 * Pays out what has left the escrow of the sender's channel.
 *
 * @param parameters.channelId - The channel.
 * @returns Hash and receipt, and what was paid out: `amount`.
 *
 * @example
 * import { takeEscrow } from "@assay/sdk";
 *
 * const { amount } = await takeEscrow(client, { deployment, channelId });
 */
export async function takeEscrow(
  client: AssayTransportClient,
  parameters: TakeEscrowParameters,
): Promise<TakeEscrowReturnType> {
  const sent = await sendCall(client, { ...parameters, call: takeEscrowCall(parameters) });
  const { amount } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "EscrowTaken",
  });
  return { ...sent, amount };
}
