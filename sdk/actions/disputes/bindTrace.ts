// Binds the worker to its trace.
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
import { type Children, sixteen } from "./children.ts";

export type BindTraceParameters = WriteParameters &
  SourceParameters & {
    /** The disputed commitment. */
    commitId: Hex;
    /** The 16 children of the trace root. */
    children: Children;
  };
export type BindTraceReturnType = WriteReturnType & {
  traceRoot: Hex;
};
export type BindTraceErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link bindTrace} sends. */
export function bindTraceCall({
  deployment,
  source,
  commitId,
  children,
}: Pick<BindTraceParameters, "deployment" | "source" | "commitId" | "children">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "bindTrace",
    args: [commitId, sixteen(children)],
  });
}

/**
 * Binds the worker to the trace root whose 16 children are given, once for all disputes on the commitment. The sender is the worker, its operator key or its defender key.
 *
 * @param parameters.commitId - The disputed commitment.
 * @param parameters.children - The 16 children of the trace root.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt, and what the contract reported: `traceRoot`.
 *
 * @example
 * import { bindTrace } from "@assay/sdk";
 *
 * const { traceRoot } = await bindTrace(client, { deployment, commitId, children: trace.children(TRACE_ROOT) });
 */
export async function bindTrace(
  client: AssayTransportClient,
  parameters: BindTraceParameters,
): Promise<BindTraceReturnType> {
  const sent = await sendCall(client, { ...parameters, call: bindTraceCall(parameters) });
  const { traceRoot } = eventOf(sent.receipt, {
    address: gameOf(parameters.deployment, parameters.source),
    abi: disputeGameAbi,
    eventName: "TraceBound",
  });
  return { ...sent, traceRoot };
}
