// Shows the children of a disputed node.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type Children, sixteen } from "./children.ts";

export type RevealParameters = WriteParameters & {
  /** The disputed commitment. */
  commitId: Hex;
  /** The node that the children hash to. */
  node: Hex;
  /** Its 16 children. */
  children: Children;
};
export type RevealReturnType = WriteReturnType;
export type RevealErrorType = SendCallErrorType;

/** The call that {@link reveal} sends. */
export function revealCall({
  deployment,
  commitId,
  node,
  children,
}: Pick<RevealParameters, "deployment" | "commitId" | "node" | "children">) {
  return contractCall({
    address: deployment.disputeGame,
    abi: disputeGameAbi,
    functionName: "reveal",
    args: [commitId, node, sixteen(children)],
  });
}

/**
 * Shows the 16 children of a node below a bound root. Serves every dispute on the commitment. Anyone may call.
 *
 * @param parameters.commitId - The disputed commitment.
 * @param parameters.node - The node that the children hash to.
 * @param parameters.children - Its 16 children.
 * @returns Hash and receipt.
 *
 * @example
 * import { reveal } from "@assay/sdk";
 *
 * await reveal(client, { deployment, commitId, node, children });
 */
export async function reveal(
  client: AssayTransportClient,
  parameters: RevealParameters,
): Promise<RevealReturnType> {
  return sendCall(client, { ...parameters, call: revealCall(parameters) });
}
