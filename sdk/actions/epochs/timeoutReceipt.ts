// Takes the allotment of a channel whose receipt was not shown.
import type { Hex } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type TimeoutReceiptParameters = WriteParameters & {
  /** Parameter version of the receipts. */
  version: number;
  /** Number of the epoch. */
  epoch: bigint;
  /** The channel. */
  channelId: Hex;
  /** Number of the receipt among the receipts of its channel in that epoch. */
  index: number;
};
export type TimeoutReceiptReturnType = WriteReturnType;
export type TimeoutReceiptErrorType = SendCallErrorType;

/** The call that {@link timeoutReceipt} sends. */
export function timeoutReceiptCall({
  deployment,
  version,
  epoch,
  channelId,
  index,
}: Pick<TimeoutReceiptParameters, "deployment" | "version" | "epoch" | "channelId" | "index">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "timeoutReceipt",
    args: [version, epoch, channelId, index],
  });
}

/**
 * Takes the allotment of a channel whose receipt was not shown in time; the bond comes back. Anyone may call.
 *
 * @param parameters.version - Parameter version of the receipts.
 * @param parameters.epoch - Number of the epoch.
 * @param parameters.channelId - The channel.
 * @param parameters.index - Number of the receipt among the receipts of its channel in that epoch.
 * @returns Hash and receipt.
 *
 * @example
 * import { timeoutReceipt } from "@assay/sdk";
 *
 * await timeoutReceipt(client, { deployment, version: 1, epoch, channelId, index });
 */
export async function timeoutReceipt(
  client: AssayTransportClient,
  parameters: TimeoutReceiptParameters,
): Promise<TimeoutReceiptReturnType> {
  return sendCall(client, { ...parameters, call: timeoutReceiptCall(parameters) });
}
