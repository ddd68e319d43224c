// Makes a result final.
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

export type FinalizeRequestParameters = WriteParameters & RequestReference;
export type FinalizeRequestReturnType = WriteReturnType & {
  /** Token units credited to the worker. */
  fee: bigint;
};
export type FinalizeRequestErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link finalizeRequest} sends. */
export function finalizeRequestCall({ deployment, request }: DeploymentParameters & { request: Request }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "finalize",
    args: [requestStruct(request)],
  });
}

/**
 * Makes a result final and pays its worker, after the window and with no dispute open. Anyone may call.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
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
  const { deployment } = parameters;
  const request = await requestBy(client, parameters);
  const sent = await sendCall(client, { ...parameters, call: finalizeRequestCall({ deployment, request }) });
  const { fee } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Finalized",
  });
  return { ...sent, fee };
}
