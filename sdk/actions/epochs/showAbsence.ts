// Shows that a channel has no receipt of a number.
import type { Hex } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { EntryProof } from "../../protocol/sumTree.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ShowAbsenceParameters = WriteParameters & {
  /** Parameter version of the receipts. */
  version: number;
  /** Number of the epoch. */
  epoch: bigint;
  /** The channel. */
  channelId: Hex;
  /** Number of the receipt among the receipts of its channel in that epoch. */
  index: number;
  /** Where the path of the channel's id ends in the epoch's tree. */
  entryProof: EntryProof;
};
export type ShowAbsenceReturnType = WriteReturnType;
export type ShowAbsenceErrorType = SendCallErrorType;

/** The call that {@link showAbsence} sends. */
export function showAbsenceCall({
  deployment,
  version,
  epoch,
  channelId,
  index,
  entryProof,
}: Pick<ShowAbsenceParameters, "deployment" | "version" | "epoch" | "channelId" | "index" | "entryProof">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "showAbsence",
    args: [version, epoch, channelId, index, entryProof],
  });
}

/**
 * Answers `demandReceipt` where the channel has fewer receipts in that epoch, or none. Anyone may call.
 *
 * @param parameters.version - Parameter version of the receipts.
 * @param parameters.epoch - Number of the epoch.
 * @param parameters.channelId - The channel.
 * @param parameters.index - Number of the receipt among the receipts of its channel in that epoch.
 * @param parameters.entryProof - Where the path of the channel's id ends in the epoch's tree.
 * @returns Hash and receipt.
 *
 * @example
 * import { showAbsence } from "@assay/sdk";
 *
 * await showAbsence(client, { deployment, version: 1, epoch, channelId, index, entryProof });
 */
export async function showAbsence(
  client: AssayTransportClient,
  parameters: ShowAbsenceParameters,
): Promise<ShowAbsenceReturnType> {
  return sendCall(client, { ...parameters, call: showAbsenceCall(parameters) });
}
