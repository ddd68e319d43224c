// Tells a request's consumer that there is no result, or no longer.
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

export type DeliverFailureParameters = WriteParameters & RequestReference;
export type DeliverFailureReturnType = WriteReturnType & {
  /** False when the consumer reverted or ran out of its gas: anyone may try again. */
  success: boolean;
};
export type DeliverFailureErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link deliverFailure} sends. */
export function deliverFailureCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "deliverFailure",
    args: [requestStruct(request)],
  });
}

/**
 * Tells a request's consumer that its request ended without a result, or that a provisional result which it was given has
 * been overturned. Anyone may call.
 *
 * @param parameters.requestId - A request with a consumer; or `request` where it is at hand.
 * @returns Hash and receipt, and whether the consumer accepted the call: `success`.
 *
 * @example
 * import { deliverFailure } from "@assay/sdk";
 *
 * const { success } = await deliverFailure(client, { deployment, requestId });
 */
export async function deliverFailure(
  client: AssayTransportClient,
  parameters: DeliverFailureParameters,
): Promise<DeliverFailureReturnType> {
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const sent = await sendCall(client, { ...parameters, call: deliverFailureCall({ deployment, request }) });
  const { success } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Delivered",
  });
  return { ...sent, success };
}
