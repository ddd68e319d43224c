// Ends a request whose program was retired.
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

export type RefundRetiredParameters = WriteParameters & RequestReference;
export type RefundRetiredReturnType = WriteReturnType & {
  /** Token units credited to the requester. */
  refunded: bigint;
};
export type RefundRetiredErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link refundRetired} sends. */
export function refundRetiredCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "refundRetired",
    args: [requestStruct(request)],
  });
}

/**
 * Ends a claimed or committed request whose program was retired as malformed: fee and lock go back. Anyone may call.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
 * @returns Hash and receipt, and what the contract reported: `refunded`.
 *
 * @example
 * import { refundRetired } from "@assay/sdk";
 *
 * const { refunded } = await refundRetired(client, { deployment, requestId });
 */
export async function refundRetired(
  client: AssayTransportClient,
  parameters: RefundRetiredParameters,
): Promise<RefundRetiredReturnType> {
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const sent = await sendCall(client, { ...parameters, call: refundRetiredCall({ deployment, request }) });
  const { refunded } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded };
}
