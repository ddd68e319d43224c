// Puts stake behind the receipts of a channel.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type AllotStakeParameters = WriteParameters & {
  /** The channel. */
  channelId: Hex;
  /** Token units of free stake. */
  amount: bigint;
};
export type AllotStakeReturnType = WriteReturnType;
export type AllotStakeErrorType = SendCallErrorType;

/** The call that {@link allotStake} sends. */
export function allotStakeCall({
  deployment,
  channelId,
  amount,
}: Pick<AllotStakeParameters, "deployment" | "channelId" | "amount">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "allot",
    args: [channelId, amount],
  });
}

/**
 * Locks free stake of the worker behind the receipts of one channel, and of no other. The sender is the worker or its
 * operator key.
 *
 * @param parameters.channelId - The channel.
 * @param parameters.amount - Token units of free stake.
 * @returns Hash and receipt.
 *
 * @example
 * import { allotStake } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * await allotStake(client, { deployment, channelId, amount: parseEther("50") });
 */
export async function allotStake(
  client: AssayTransportClient,
  parameters: AllotStakeParameters,
): Promise<AllotStakeReturnType> {
  return sendCall(client, { ...parameters, call: allotStakeCall(parameters) });
}
