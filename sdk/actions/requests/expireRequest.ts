// Ends a request that nobody claimed in time.
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

export type ExpireRequestParameters = WriteParameters & RequestReference;
export type ExpireRequestReturnType = WriteReturnType & {
  /** Token units credited to the requester. */
  refunded: bigint;
};
export type ExpireRequestErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link expireRequest} sends. */
export function expireRequestCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "expire",
    args: [requestStruct(request)],
  });
}

/**
 * Ends an open request after its claim deadline. The fee is credited to the requester. Anyone may call.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
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
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const sent = await sendCall(client, { ...parameters, call: expireRequestCall({ deployment, request }) });
  const { refunded } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded };
}
