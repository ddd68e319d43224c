// Descends into a child of the disputed node.
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

export type ChooseParameters = WriteParameters &
  SourceParameters & {
    /** The sender's dispute. */
    disputeId: Hex;
    /** The node at which the dispute is expected to stand; the trace root on the first move. */
    node: Hex;
    /** The node's 16 children. */
    children: Children;
    /** Which child, 0 to 15: the first that differs from the challenger's own. */
    index: number;
  };
export type ChooseReturnType = WriteReturnType & {
  /** Where the dispute stands now. */
  node: Hex;
  /** Unix seconds by which the worker must answer. */
  workerDeadline: bigint;
};
export type ChooseErrorType = SendCallErrorType | MissingEventError;

/** The call that {@link choose} sends. */
export function chooseCall({
  deployment,
  source,
  disputeId,
  node,
  children,
  index,
}: Pick<ChooseParameters, "deployment" | "source" | "disputeId" | "node" | "children" | "index">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "choose",
    args: [disputeId, node, sixteen(children), index],
  });
}

/**
 * Descends into a child of the node at which the sender's dispute stands.
 *
 * @param parameters.disputeId - The sender's dispute.
 * @param parameters.node - The node at which the dispute is expected to stand; the trace root on the first move.
 * @param parameters.children - The node's 16 children.
 * @param parameters.index - Which child, 0 to 15: the first that differs from the challenger's own.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt, and what the contract reported: `node`, `workerDeadline`.
 *
 * @example
 * import { choose } from "@assay/sdk";
 *
 * const { node, workerDeadline } = await choose(client, { deployment, disputeId, node, children, index: 3 });
 */
export async function choose(
  client: AssayTransportClient,
  parameters: ChooseParameters,
): Promise<ChooseReturnType> {
  const sent = await sendCall(client, { ...parameters, call: chooseCall(parameters) });
  const { node, workerDeadline } = eventOf(sent.receipt, {
    address: gameOf(parameters.deployment, parameters.source),
    abi: disputeGameAbi,
    eventName: "Chosen",
  });
  return { ...sent, node, workerDeadline };
}
