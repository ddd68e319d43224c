// Ends a request whose program was retired.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type RefundRetiredParameters = WriteParameters & {
  /** The request. */
  requestId: Hex;
};
export type RefundRetiredReturnType = WriteReturnType & {
  /** Token units credited to the requester. */
  refunded: bigint;
};
export type RefundRetiredErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link refundRetired} sends. */
export function refundRetiredCall({
  deployment,
  requestId,
}: Pick<RefundRetiredParameters, "deployment" | "requestId">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "refundRetired",
    args: [requestId],
  });
}

/**
 * Ends a claimed or committed request whose program was retired as malformed: fee and lock go back. Anyone may call.
 *
 * @param parameters.requestId - The request.
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
  const sent = await sendCall(client, { ...parameters, call: refundRetiredCall(parameters) });
  const { refunded } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "RequestClosed",
  });
  return { ...sent, refunded };
}
