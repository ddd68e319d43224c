// Makes an opened receipt final.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type FinalizeReceiptParameters = WriteParameters & {
  /** The commitment that the receipt is. */
  commitId: Hex;
};
export type FinalizeReceiptReturnType = WriteReturnType;
export type FinalizeReceiptErrorType = SendCallErrorType;

/** The call that {@link finalizeReceipt} sends. */
export function finalizeReceiptCall({
  deployment,
  commitId,
}: Pick<FinalizeReceiptParameters, "deployment" | "commitId">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "finalize",
    args: [commitId],
  });
}

/**
 * Ends an opened receipt after its window, if nothing holds it: it is final, and its part of the allotment free. Anyone may
 * call.
 *
 * @param parameters.commitId - The commitment that the receipt is.
 * @returns Hash and receipt.
 *
 * @example
 * import { finalizeReceipt } from "@assay/sdk";
 *
 * await finalizeReceipt(client, { deployment, commitId });
 */
export async function finalizeReceipt(
  client: AssayTransportClient,
  parameters: FinalizeReceiptParameters,
): Promise<FinalizeReceiptReturnType> {
  return sendCall(client, { ...parameters, call: finalizeReceiptCall(parameters) });
}
