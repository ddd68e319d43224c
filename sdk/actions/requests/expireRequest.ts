// Ends a request that nobody claimed in time.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ExpireRequestParameters = WriteParameters & {
  /** The request. */
  requestId: Hex;
};
export type ExpireRequestReturnType = WriteReturnType & {
  /** Token units credited to the requester. */
  refunded: bigint;
};
export type ExpireRequestErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link expireRequest} sends. */
export function expireRequestCall({
  deployment,
  requestId,
}: Pick<ExpireRequestParameters, "deployment" | "requestId">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "expire",
    args: [requestId],
  });
}

/**
 * Ends an open request after its claim deadline. The fee is credited to the requester. Anyone may call.
 *
 * @param parameters.requestId - The request.
 * @returns Hash and receipt, and what the contract reported: `refunded`.
 *
 * @example
 * import { expireRequest } from "@assay/sdk";
 *
 * const { refunded } = await expireRequest(client, { deployment, requestId });
 */
export async function expireRequest(
  client: AssayTransportClient,
  parameters: ExpireRequestParameters,
): Promise<ExpireRequestReturnType> {
  const sent = await sendCall(client, { ...parameters, call: expireRequestCall(parameters) });
  const { refunded } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded };
}
