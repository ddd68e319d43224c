// Pauses new work.
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type PauseNewParameters = WriteParameters & {
  /** At most seven days. */
  seconds: number;
};
export type PauseNewReturnType = WriteReturnType & {
  /** Unix seconds at which the pause ends by itself. */
  until: bigint;
};
export type PauseNewErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link pauseNew} sends. */
export function pauseNewCall({ deployment, seconds }: Pick<PauseNewParameters, "deployment" | "seconds">) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "pauseNew",
    args: [seconds],
  });
}

/**
 * Pauses new requests and claims; everything that has begun goes on. Only the guardian of the deployment may, where it has
 * one, and only after as long without a pause.
 *
 * @param parameters.seconds - At most seven days.
 * @returns Hash and receipt, and when the pause ends by itself: `until`.
 *
 * @example
 * import { pauseNew } from "@assay/sdk";
 *
 * const { until } = await pauseNew(client, { deployment, seconds: 86_400 });
 */
export async function pauseNew(
  client: AssayTransportClient,
  parameters: PauseNewParameters,
): Promise<PauseNewReturnType> {
  const sent = await sendCall(client, { ...parameters, call: pauseNewCall(parameters) });
  const { until } = eventOf(sent.receipt, {
    address: parameters.deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Paused",
  });
  return { ...sent, until };
}
