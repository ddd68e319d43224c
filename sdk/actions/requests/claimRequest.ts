// Claims an open request for a worker.
import type { Address } from "viem";
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

export type ClaimRequestParameters = WriteParameters &
  RequestReference & {
    /** Whose stake is locked; the sender is the worker or its operator key. */
    worker: Address;
  };
export type ClaimRequestReturnType = WriteReturnType & {
  /** Token units locked. */
  lock: bigint;
  /** Unix seconds. */
  commitBy: bigint;
};
export type ClaimRequestErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link claimRequest} sends. */
export function claimRequestCall({
  deployment,
  request,
  worker,
}: DeploymentParameters & { request: Request; worker: Address }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "claim",
    args: [requestStruct(request), worker],
  });
}

/**
 * Claims an open request for a worker and locks its stake. The result has to be committed by the returned deadline.
 *
 * @param parameters.requestId - The request; or `request` where it is at hand.
 * @param parameters.worker - Whose stake is locked; the sender is the worker or its operator key.
 * @returns Hash and receipt, and what the contract reported: `lock`, `commitBy`.
 *
 * @example
 * import { claimRequest } from "@assay/sdk";
 *
 * const { lock, commitBy } = await claimRequest(client, { deployment, requestId, worker: account.address });
 */
export async function claimRequest(
  client: AssayTransportClient,
  parameters: ClaimRequestParameters,
): Promise<ClaimRequestReturnType> {
  const { deployment, worker } = parameters;
  const request = await requestBy(client, parameters);
  const call = claimRequestCall({ deployment, request, worker });
  const sent = await sendCall(client, { ...parameters, call });
  const { lock, commitBy } = eventOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Claimed",
  });
  return { ...sent, lock, commitBy };
}
