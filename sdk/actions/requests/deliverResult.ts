// Calls a request's consumer with the output.
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import { type MissingEventError, ResultNotAvailableError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import type { Leaf, Request } from "../../protocol/request.ts";
import { eventOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import type { FindRequestErrorType } from "./findRequest.ts";
import { getRequest } from "./getRequest.ts";

export type DeliverResultParameters = WriteParameters & RequestReference;
export type DeliverResultReturnType = WriteReturnType & {
  /** False when the consumer reverted or ran out of its gas: anyone may try again. */
  success: boolean;
};
export type DeliverResultErrorType =
  | SendCallErrorType
  | FindRequestErrorType
  | ResultNotAvailableError
  | MissingEventError;

/** The call that {@link deliverResult} sends. */
export function deliverResultCall({
  deployment,
  request,
  leaf,
  output,
}: DeploymentParameters & { request: Request; leaf: Leaf; output: Bytes }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "deliver",
    args: [requestStruct(request), leaf, hexOf(output)],
  });
}

/**
 * Calls a request's consumer with the output, once it is as sure as the request asks for. Anyone may call.
 *
 * @param parameters.requestId - An answered request with a consumer; or `request` where it is at hand.
 * @returns Hash and receipt, and whether the consumer accepted the call: `success`.
 *
 * @example
 * import { deliverResult } from "@assay/sdk";
 *
 * const { success } = await deliverResult(client, { deployment, requestId });
 */
export async function deliverResult(
  client: AssayTransportClient,
  parameters: DeliverResultParameters,
): Promise<DeliverResultReturnType> {
  const { deployment } = parameters;
  const { requestId, request, status, answer } = await getRequest(client, parameters);
  if (!answer) throw new ResultNotAvailableError({ requestId, status });
  const { leaf, output } = answer;
  const call = deliverResultCall({ deployment, request, leaf, output });
  const sent = await sendCall(client, { ...parameters, call });
  const { success } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Delivered",
  });
  return { ...sent, success };
}
