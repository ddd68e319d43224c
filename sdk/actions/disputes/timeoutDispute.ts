// Ends a dispute whose side to move ran out of time.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  gameOf,
  type SourceParameters,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type TimeoutDisputeParameters = WriteParameters &
  SourceParameters & {
    /** The dispute. */
    disputeId: Hex;
  };
export type TimeoutDisputeReturnType = WriteReturnType & {
  /** True when the commitment was slashed, false when the dispute is lost. */
  workerLost: boolean;
};
export type TimeoutDisputeErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link timeoutDispute} sends. */
export function timeoutDisputeCall({
  deployment,
  source,
  disputeId,
}: Pick<TimeoutDisputeParameters, "deployment" | "source" | "disputeId">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "timeout",
    args: [disputeId],
  });
}

/**
 * Ends a dispute whose side to move has run out of time. Anyone may call.
 *
 * @param parameters.disputeId - The dispute.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt, and what the contract reported: `workerLost`.
 *
 * @example
 * import { timeoutDispute } from "@assay/sdk";
 *
 * const { workerLost } = await timeoutDispute(client, { deployment, disputeId });
 */
export async function timeoutDispute(
  client: AssayTransportClient,
  parameters: TimeoutDisputeParameters,
): Promise<TimeoutDisputeReturnType> {
  const sent = await sendCall(client, { ...parameters, call: timeoutDisputeCall(parameters) });
  const { workerLost } = eventOf(sent.receipt, {
    address: gameOf(parameters.deployment, parameters.source),
    abi: disputeGameAbi,
    eventName: "TimedOut",
  });
  return { ...sent, workerLost };
}
