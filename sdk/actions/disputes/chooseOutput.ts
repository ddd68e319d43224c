// Descends into the committed output.
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

export type ChooseOutputParameters = WriteParameters &
  SourceParameters & {
    /** The sender's dispute. */
    disputeId: Hex;
  };
export type ChooseOutputReturnType = WriteReturnType & {
  /** The output root. */
  node: Hex;
  /** Unix seconds by which the worker must answer. */
  workerDeadline: bigint;
};
export type ChooseOutputErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link chooseOutput} sends. */
export function chooseOutputCall({
  deployment,
  source,
  disputeId,
}: Pick<ChooseOutputParameters, "deployment" | "source" | "disputeId">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "chooseOutput",
    args: [disputeId],
  });
}

/**
 * Descends into the committed output instead of the trace. First move only: for a trace that is right and an output that is not its end.
 *
 * @param parameters.disputeId - The sender's dispute.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt, and what the contract reported: `node`, `workerDeadline`.
 *
 * @example
 * import { chooseOutput } from "@assay/sdk";
 *
 * const { node, workerDeadline } = await chooseOutput(client, { deployment, disputeId });
 */
export async function chooseOutput(
  client: AssayTransportClient,
  parameters: ChooseOutputParameters,
): Promise<ChooseOutputReturnType> {
  const sent = await sendCall(client, { ...parameters, call: chooseOutputCall(parameters) });
  const { node, workerDeadline } = eventOf(sent.receipt, {
    address: gameOf(parameters.deployment, parameters.source),
    abi: disputeGameAbi,
    eventName: "Chosen",
  });
  return { ...sent, node, workerDeadline };
}
