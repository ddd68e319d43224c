// Claims an open request for a worker.
import type { Address, Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type ClaimRequestParameters = WriteParameters & {
  /** The request. */
  requestId: Hex;
  /** Whose stake is locked; the sender is the worker or its operator key. */
  worker: Address;
};
export type ClaimRequestReturnType = WriteReturnType & {
  /** Token units locked. */
  lock: bigint;
  /** Unix seconds. */
  commitBy: bigint;
};
export type ClaimRequestErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link claimRequest} sends. */
export function claimRequestCall({
  deployment,
  requestId,
  worker,
}: Pick<ClaimRequestParameters, "deployment" | "requestId" | "worker">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "claim",
    args: [requestId, worker],
  });
}

/**
 * Claims an open request for a worker and locks its stake. The result has to be committed by the returned deadline.
 *
 * @param parameters.requestId - The request.
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
  const sent = await sendCall(client, { ...parameters, call: claimRequestCall(parameters) });
  const { lock, commitBy } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Claimed",
  });
  return { ...sent, lock, commitBy };
}
