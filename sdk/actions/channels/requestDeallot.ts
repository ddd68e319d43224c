// Starts to take stake out of a channel.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RequestDeallotParameters = WriteParameters & {
  /** The channel. */
  channelId: Hex;
  /** Token units, on top of what is leaving already. */
  amount: bigint;
};
export type RequestDeallotReturnType = WriteReturnType & {
  /** Token units that are leaving. */
  leaving: bigint;
  /** Unix seconds from which `takeAllotment` frees them. */
  availableAt: bigint;
};
export type RequestDeallotErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link requestDeallot} sends. */
export function requestDeallotCall({
  deployment,
  channelId,
  amount,
}: Pick<RequestDeallotParameters, "deployment" | "channelId" | "amount">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "requestDeallot",
    args: [channelId, amount],
  });
}

/**
 * Lets more of a channel's allotment leave after the unbonding delay, which starts anew for all that is leaving. It stays
 * slashable until taken. The sender is the worker or its operator key.
 *
 * @param parameters.channelId - The channel.
 * @param parameters.amount - Token units, on top of what is leaving already.
 * @returns Hash and receipt, and what the contract reported: `leaving`, `availableAt`.
 *
 * @example
 * import { requestDeallot } from "@assay/sdk";
 *
 * const { availableAt } = await requestDeallot(client, { deployment, channelId, amount });
 */
export async function requestDeallot(
  client: AssayTransportClient,
  parameters: RequestDeallotParameters,
): Promise<RequestDeallotReturnType> {
  const sent = await sendCall(client, { ...parameters, call: requestDeallotCall(parameters) });
  const { leaving, from } = eventOf(sent.receipt, {
    address: parameters.deployment.channels,
    abi: channelsAbi,
    eventName: "DeallotRequested",
  });
  return { ...sent, leaving, availableAt: BigInt(from) };
}
