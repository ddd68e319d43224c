// Slashes a receipt that its epoch leaves out.
import { epochsAbi } from "../../abi/epochs.ts";
import { contractCall } from "../../contractCall.ts";
import type { Receipt } from "../../protocol/receipts.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type TimeoutInclusionParameters = WriteParameters & {
  /** The receipt. */
  receipt: Receipt;
};
export type TimeoutInclusionReturnType = WriteReturnType;
export type TimeoutInclusionErrorType = SendCallErrorType;

/** The call that {@link timeoutInclusion} sends. */
export function timeoutInclusionCall({
  deployment,
  receipt,
}: Pick<TimeoutInclusionParameters, "deployment" | "receipt">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "timeoutInclusion",
    args: [receipt],
  });
}

/**
 * Slashes a receipt whose inclusion was not shown in time; the bond comes back. Anyone may call.
 *
 * @param parameters.receipt - The receipt.
 * @returns Hash and receipt.
 *
 * @example
 * import { timeoutInclusion } from "@assay/sdk";
 *
 * await timeoutInclusion(client, { deployment, receipt });
 */
export async function timeoutInclusion(
  client: AssayTransportClient,
  parameters: TimeoutInclusionParameters,
): Promise<TimeoutInclusionReturnType> {
  return sendCall(client, { ...parameters, call: timeoutInclusionCall(parameters) });
}
