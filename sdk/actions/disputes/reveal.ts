// Shows the children of a disputed node.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import {
  type AssayTransportClient,
  gameOf,
  type SourceParameters,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type Children, sixteen } from "./children.ts";

export type RevealParameters = WriteParameters &
  SourceParameters & {
    /** The disputed commitment. */
    commitId: Hex;
    /** Its 16 children. */
    children: Children;
  };
export type RevealReturnType = WriteReturnType;
export type RevealErrorType = SendCallErrorType;

/** The call that {@link reveal} sends. */
export function revealCall({
  deployment,
  source,
  commitId,
  children,
}: Pick<RevealParameters, "deployment" | "source" | "commitId" | "children">) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "reveal",
    args: [commitId, sixteen(children)],
  });
}

/**
 * Shows the 16 children of a node below a bound root. Serves every dispute on the commitment. Anyone may call.
 *
 * @param parameters.commitId - The disputed commitment.
 * @param parameters.children - Its 16 children.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Hash and receipt.
 *
 * @example
 * import { reveal } from "@assay/sdk";
 *
 * await reveal(client, { deployment, commitId, children });
 */
export async function reveal(
  client: AssayTransportClient,
  parameters: RevealParameters,
): Promise<RevealReturnType> {
  return sendCall(client, { ...parameters, call: revealCall(parameters) });
}
