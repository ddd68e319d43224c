// Shows where a receipt lies in its epoch.
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { Receipt } from "../../protocol/receipts.ts";
import type { EntryProof, ReceiptProof } from "../../protocol/sumTree.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ShowInclusionParameters = WriteParameters & {
  /** The receipt. */
  receipt: Receipt;
  /** Where the path of the channel's id ends in the epoch's tree. */
  entryProof: EntryProof;
  /** The place of the receipt among those of its channel. */
  receiptProof: ReceiptProof;
};
export type ShowInclusionReturnType = WriteReturnType;
export type ShowInclusionErrorType = SendCallErrorType;

/** The call that {@link showInclusion} sends. */
export function showInclusionCall({
  deployment,
  receipt,
  entryProof,
  receiptProof,
}: Pick<ShowInclusionParameters, "deployment" | "receipt" | "entryProof" | "receiptProof">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "showInclusion",
    args: [receipt, entryProof, receiptProof],
  });
}

/**
 * Answers `demandInclusion`. Anyone may call.
 *
 * @param parameters.receipt - The receipt.
 * @param parameters.entryProof - Where the path of the channel's id ends in the epoch's tree.
 * @param parameters.receiptProof - The place of the receipt among those of its channel.
 * @returns Hash and receipt.
 *
 * @example
 * import { showInclusion } from "@assay/sdk";
 *
 * await showInclusion(client, { deployment, receipt, entryProof, receiptProof });
 */
export async function showInclusion(
  client: AssayTransportClient,
  parameters: ShowInclusionParameters,
): Promise<ShowInclusionReturnType> {
  return sendCall(client, { ...parameters, call: showInclusionCall(parameters) });
}
