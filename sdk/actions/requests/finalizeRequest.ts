// Makes a result final.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type FinalizeRequestParameters = WriteParameters & {
  /** The request. */
  requestId: Hex;
};
export type FinalizeRequestReturnType = WriteReturnType & {
  /** Token units credited to the worker. */
  fee: bigint;
};
export type FinalizeRequestErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link finalizeRequest} sends. */
export function finalizeRequestCall({
  deployment,
  requestId,
}: Pick<FinalizeRequestParameters, "deployment" | "requestId">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "finalize",
    args: [requestId],
  });
}

/**
 * Makes a result final and pays its worker, after the window and with no dispute open. Anyone may call.
 *
 * @param parameters.requestId - The request.
 * @returns Hash and receipt, and what the contract reported: `fee`.
 *
 * @example
 * import { finalizeRequest } from "@assay/sdk";
 *
 * const { fee } = await finalizeRequest(client, { deployment, requestId });
 */
export async function finalizeRequest(
  client: AssayTransportClient,
  parameters: FinalizeRequestParameters,
): Promise<FinalizeRequestReturnType> {
  const sent = await sendCall(client, { ...parameters, call: finalizeRequestCall(parameters) });
  const { fee } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Finalized",
  });
  return { ...sent, fee };
}
