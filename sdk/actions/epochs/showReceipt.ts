// Shows a receipt that was asked for by its number.
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { Receipt, SessionSignature } from "../../protocol/receipts.ts";
import type { EntryProof, ReceiptProof } from "../../protocol/sumTree.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ShowReceiptParameters = WriteParameters & {
  /** Where the path of the channel's id ends in the epoch's tree. */
  entryProof: EntryProof;
  /** The place of the receipt among those of its channel. */
  receiptProof: ReceiptProof;
  /** The receipt. */
  receipt: Receipt;
  /** By the session key that signed it. */
  signature: SessionSignature;
};
export type ShowReceiptReturnType = WriteReturnType;
export type ShowReceiptErrorType = SendCallErrorType;

/** The call that {@link showReceipt} sends. */
export function showReceiptCall({
  deployment,
  entryProof,
  receiptProof,
  receipt,
  signature,
}: Pick<ShowReceiptParameters, "deployment" | "entryProof" | "receiptProof" | "receipt" | "signature">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "showReceipt",
    args: [entryProof, receiptProof, receipt, signature],
  });
}

/**
 * Answers `demandReceipt` with the receipt, which is public from then on. Anyone may call.
 *
 * @param parameters.entryProof - Where the path of the channel's id ends in the epoch's tree.
 * @param parameters.receiptProof - The place of the receipt among those of its channel.
 * @param parameters.receipt - The receipt.
 * @param parameters.signature - By the session key that signed it.
 * @returns Hash and receipt.
 *
 * @example
 * import { showReceipt } from "@assay/sdk";
 *
 * await showReceipt(client, { deployment, entryProof, receiptProof, receipt, signature });
 */
export async function showReceipt(
  client: AssayTransportClient,
  parameters: ShowReceiptParameters,
): Promise<ShowReceiptReturnType> {
  return sendCall(client, { ...parameters, call: showReceiptCall(parameters) });
}
