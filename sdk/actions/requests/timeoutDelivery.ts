// Ends a request whose worker did not deliver.
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

export type TimeoutDeliveryParameters = WriteParameters & RequestReference;
export type TimeoutDeliveryReturnType = WriteReturnType & {
  /** Fee credited to the requester, in token units. */
  refunded: bigint;
  /** Token units of the worker's stake credited on top. */
  penalty: bigint;
};
export type TimeoutDeliveryErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link timeoutDelivery} sends. */
export function timeoutDeliveryCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "timeoutDelivery",
    args: [requestStruct(request)],
  });
}

/**
 * Ends a claimed request after its delivery deadline. The requester is credited the fee and a penalty. Anyone may call.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
 * @returns Hash and receipt, and what the contract reported: `refunded`, `penalty`.
 *
 * @example
 * import { timeoutDelivery } from "@assay/sdk";
 *
 * const { refunded, penalty } = await timeoutDelivery(client, { deployment, requestId });
 */
export async function timeoutDelivery(
  client: AssayTransportClient,
  parameters: TimeoutDeliveryParameters,
): Promise<TimeoutDeliveryReturnType> {
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const sent = await sendCall(client, { ...parameters, call: timeoutDeliveryCall({ deployment, request }) });
  const { refunded, penalty } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded, penalty };
}
