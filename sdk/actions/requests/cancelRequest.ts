// Takes back a request that nobody has claimed.
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import type { Request } from "../../protocol/request.ts";
import { eventOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type FindRequestErrorType, requestBy } from "./findRequest.ts";

export type CancelRequestParameters = WriteParameters & RequestReference;
export type CancelRequestReturnType = WriteReturnType & {
  /** Token units credited to the requester. */
  refunded: bigint;
};
export type CancelRequestErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link cancelRequest} sends. */
export function cancelRequestCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "cancel",
    args: [requestStruct(request)],
  });
}

/**
 * Takes back the sender's own request while it is open. The fee is credited.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
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
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const sent = await sendCall(client, { ...parameters, call: cancelRequestCall({ deployment, request }) });
  const { refunded } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded };
}
