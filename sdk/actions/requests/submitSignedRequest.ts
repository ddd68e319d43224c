// Sends a request that its requester has signed.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { knownRequests } from "./knownRequests.ts";
import type { SignedRequest } from "./signRequest.ts";

export type SubmitSignedRequestParameters = WriteParameters & {
  /** What the requester has signed. */
  order: SignedRequest;
};
export type SubmitSignedRequestReturnType = WriteReturnType & {
  requestId: Hex;
  /** Unix seconds until which a worker may claim. */
  claimBy: bigint;
};
export type SubmitSignedRequestErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link submitSignedRequest} sends. */
export function submitSignedRequestCall({
  deployment,
  order,
}: Pick<SubmitSignedRequestParameters, "deployment" | "order">) {
  const { request, input, validUntil, signature, permit } = order;
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "requestFor",
    args: [requestStruct(request), input, validUntil, signature, permit],
  });
}

/**
 * Sends a request that its requester has signed. The sender pays the gas, the requester the fee. Anyone may call.
 *
 * @param parameters.order - What `signRequest` returned.
 * @returns Hash and receipt, and what the contract reported: `requestId`, `claimBy`.
 *
 * @example
 * import { submitSignedRequest } from "@assay/sdk";
 *
 * const { requestId } = await submitSignedRequest(client, { deployment, order });
 */
export async function submitSignedRequest(
  client: AssayTransportClient,
  parameters: SubmitSignedRequestParameters,
): Promise<SubmitSignedRequestReturnType> {
  const { deployment, order } = parameters;
  const sent = await sendCall(client, { ...parameters, call: submitSignedRequestCall(parameters) });
  const { requestId, claimBy } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Requested",
  });
  knownRequests.set(client, requestId, order.request);
  return { ...sent, requestId, claimBy };
}
