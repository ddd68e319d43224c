// Ends an opened receipt whose program was retired.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RefundRetiredReceiptParameters = WriteParameters & {
  /** The commitment that the receipt is. */
  commitId: Hex;
};
export type RefundRetiredReceiptReturnType = WriteReturnType;
export type RefundRetiredReceiptErrorType = SendCallErrorType;

/** The call that {@link refundRetiredReceipt} sends. */
export function refundRetiredReceiptCall({
  deployment,
  commitId,
}: Pick<RefundRetiredReceiptParameters, "deployment" | "commitId">) {
  return contractCall({
    address: deployment.channels,
    abi: channelsAbi,
    functionName: "refundRetired",
    args: [commitId],
  });
}

/**
 * Ends an opened receipt whose program was retired as malformed, without blame. Anyone may call.
 *
 * @param parameters.commitId - The commitment that the receipt is.
 * @returns Hash and receipt.
 *
 * @example
 * import { refundRetiredReceipt } from "@assay/sdk";
 *
 * await refundRetiredReceipt(client, { deployment, commitId });
 */
export async function refundRetiredReceipt(
  client: AssayTransportClient,
  parameters: RefundRetiredReceiptParameters,
): Promise<RefundRetiredReceiptReturnType> {
  return sendCall(client, { ...parameters, call: refundRetiredReceiptCall(parameters) });
}
