// Takes back a request that nobody has claimed.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type CancelRequestParameters = WriteParameters & {
  /** The request. */
  requestId: Hex;
};
export type CancelRequestReturnType = WriteReturnType & {
  /** Token units credited to the requester. */
  refunded: bigint;
};
export type CancelRequestErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link cancelRequest} sends. */
export function cancelRequestCall({
  deployment,
  requestId,
}: Pick<CancelRequestParameters, "deployment" | "requestId">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "cancel",
    args: [requestId],
  });
}

/**
 * Takes back the sender's own request while it is open. The fee is credited.
 *
 * @param parameters.requestId - The request.
 * @returns Hash and receipt, and what the contract reported: `refunded`.
 *
 * @example
 * import { cancelRequest } from "@assay/sdk";
 *
 * const { refunded } = await cancelRequest(client, { deployment, requestId });
 */
export async function cancelRequest(
  client: AssayTransportClient,
  parameters: CancelRequestParameters,
): Promise<CancelRequestReturnType> {
  const sent = await sendCall(client, { ...parameters, call: cancelRequestCall(parameters) });
  const { refunded } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded };
}
