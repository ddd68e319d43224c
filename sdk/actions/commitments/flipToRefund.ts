// Turns a slash into a refund.
import type { Hex } from "viem";
import { channelsAbi } from "../../abi/channels.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  type SourceParameters,
  sourceOf,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type FlipToRefundParameters = WriteParameters &
  SourceParameters & {
    /** A commitment that was slashed and is inside its airgap. */
    commitId: Hex;
  };
export type FlipToRefundReturnType = WriteReturnType & {
  /** Token units given back to the worker's stake. */
  lock: bigint;
};
export type FlipToRefundErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link flipToRefund} sends. */
export function flipToRefundCall({
  deployment,
  source,
  commitId,
}: Pick<FlipToRefundParameters, "deployment" | "source" | "commitId">) {
  return contractCall({
    address: sourceOf(deployment, source),
    abi: channelsAbi,
    functionName: "flipToRefund",
    args: [commitId],
  });
}

/**
 * Turns a slash into a refund inside its airgap: the worker gets its lock back, challengers their bonds, and the requester
 * keeps its fee. Only the guardian of the deployment may, where it has one.
 *
 * @param parameters.commitId - A commitment that was slashed and is inside its airgap.
 * @param parameters.source - Whose commitment it is; the market's when left out.
 * @returns Hash and receipt, and what the worker got back: `lock`.
 *
 * @example
 * import { flipToRefund } from "@assay/sdk";
 *
 * await flipToRefund(client, { deployment, commitId });
 */
export async function flipToRefund(
  client: AssayTransportClient,
  parameters: FlipToRefundParameters,
): Promise<FlipToRefundReturnType> {
  const sent = await sendCall(client, { ...parameters, call: flipToRefundCall(parameters) });
  const { lock } = eventOf(sent.receipt, {
    address: sourceOf(parameters.deployment, parameters.source),
    abi: channelsAbi,
    eventName: "FlippedToRefund",
  });
  return { ...sent, lock };
}
