// Starts to take escrow out of a channel.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RequestEscrowParameters = WriteParameters & {
  /** The channel. */
  channelId: Hex;
  /** Token units, on top of what is leaving already. */
  amount: bigint;
};
export type RequestEscrowReturnType = WriteReturnType & {
  /** Token units that are leaving. */
  leaving: bigint;
  /** Unix seconds from which `takeEscrow` pays them out. */
  availableAt: bigint;
};
export type RequestEscrowErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link requestEscrow} sends. */
export function requestEscrowCall({
  deployment,
  channelId,
  amount,
}: Pick<RequestEscrowParameters, "deployment" | "channelId" | "amount">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "requestEscrow",
    args: [channelId, amount],
  });
}

/**
 * Lets more of the sender's escrow leave a channel after the unbonding delay, which starts anew for all that is leaving.
 * Vouchers may still take it until then.
 *
 * @param parameters.channelId - The channel.
 * @param parameters.amount - Token units, on top of what is leaving already.
 * @returns Hash and receipt, and what the contract reported: `leaving`, `availableAt`.
 *
 * @example
 * import { requestEscrow } from "@assay/sdk";
 *
 * const { availableAt } = await requestEscrow(client, { deployment, channelId, amount });
 */
export async function requestEscrow(
  client: AssayTransportClient,
  parameters: RequestEscrowParameters,
): Promise<RequestEscrowReturnType> {
  const sent = await sendCall(client, { ...parameters, call: requestEscrowCall(parameters) });
  const { leaving, from } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "EscrowRequested",
  });
  return { ...sent, leaving, availableAt: BigInt(from) };
}
