// Reads what was shown about a node of a disputed commitment.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { Reveal } from "../../protocol/dispute.ts";
import { enumName, nodeKinds } from "../../protocol/enums.ts";
import {
  type AssayTransportClient,
  atBlock,
  gameOf,
  type ReadParameters,
  type SourceParameters,
} from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetRevealParameters = ReadParameters & SourceParameters & { commitId: Hex; node: Hex };
export type GetRevealReturnType = Reveal;
export type GetRevealErrorType = ContractError | Error;

/**
 * Reads whether a node was revealed, as what and when.
 *
 * @param parameters.commitId - The commitment.
 * @param parameters.node - The node's hash.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns Its kind, and the time in unix seconds; zero when unrevealed.
 *
 * @example
 * import { getReveal } from "@assay/sdk";
 *
 * const { kind } = await getReveal(client, { deployment, commitId, node });
 */
export async function getReveal(
  client: AssayTransportClient,
  { deployment, source, commitId, node, ...block }: GetRevealParameters,
): Promise<GetRevealReturnType> {
  const reveal = await readCall(client, {
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "getReveal",
    args: [commitId, node],
    ...atBlock(block),
  });
  return { ...reveal, kind: enumName(nodeKinds, reveal.kind) };
}
