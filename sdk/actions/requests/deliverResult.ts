// Calls a request's consumer with the final output.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type DeliverResultParameters = WriteParameters & {
  /** A finalized request with a consumer. */
  requestId: Hex;
  /** The committed output bytes, see `getResult`. */
  output: Bytes;
};
export type DeliverResultReturnType = WriteReturnType & {
  /** False when the consumer reverted. The delivery counts all the same. */
  success: boolean;
};
export type DeliverResultErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link deliverResult} sends. */
export function deliverResultCall({
  deployment,
  requestId,
  output,
}: Pick<DeliverResultParameters, "deployment" | "requestId" | "output">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "deliver",
    args: [requestId, hexOf(output)],
  });
}

/**
 * Calls a request's consumer with the final output, once. Anyone may call.
 *
 * @param parameters.requestId - A finalized request with a consumer.
 * @param parameters.output - The committed output bytes.
 * @returns Hash and receipt, and whether the consumer accepted the call: `success`.
 *
 * @example
 * import { deliverResult, getResult } from "@assay/sdk";
 *
 * const { output } = await getResult(client, { deployment, requestId });
 * const { success } = await deliverResult(client, { deployment, requestId, output });
 */
export async function deliverResult(
  client: AssayTransportClient,
  parameters: DeliverResultParameters,
): Promise<DeliverResultReturnType> {
  const sent = await sendCall(client, { ...parameters, call: deliverResultCall(parameters) });
  const { success } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Delivered",
  });
  return { ...sent, success };
}
