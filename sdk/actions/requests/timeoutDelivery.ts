// Ends a request whose worker did not deliver.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type TimeoutDeliveryParameters = WriteParameters & {
  /** The request. */
  requestId: Hex;
};
export type TimeoutDeliveryReturnType = WriteReturnType & {
  /** Fee credited to the requester, in token units. */
  refunded: bigint;
  /** Token units of the worker's stake credited on top. */
  penalty: bigint;
};
export type TimeoutDeliveryErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link timeoutDelivery} sends. */
export function timeoutDeliveryCall({
  deployment,
  requestId,
}: Pick<TimeoutDeliveryParameters, "deployment" | "requestId">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "timeoutDelivery",
    args: [requestId],
  });
}

/**
 * Ends a claimed request after its delivery deadline. The requester is credited the fee and a penalty. Anyone may call.
 *
 * @param parameters.requestId - The request.
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
  const sent = await sendCall(client, { ...parameters, call: timeoutDeliveryCall(parameters) });
  const { refunded, penalty } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded, penalty };
}
