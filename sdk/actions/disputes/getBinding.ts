// Reads what the worker of a disputed commitment is bound to.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { Binding } from "../../protocol/dispute.ts";
import {
  type AssayTransportClient,
  atBlock,
  gameOf,
  type ReadParameters,
  type SourceParameters,
} from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetBindingParameters = ReadParameters & SourceParameters & { commitId: Hex };
export type GetBindingReturnType = Binding;
export type GetBindingErrorType = ContractError | Error;

/**
 * Reads the trace root that a worker is bound to, and how many disputes there are on its commitment.
 *
 * @param parameters.commitId - The commitment.
 * @param parameters.source - Whose commitment it is about; the market's when left out.
 * @returns The binding; `boundAt` is zero until the worker has bound a trace.
 *
 * @example
 * import { getBinding } from "@assay/sdk";
 *
 * const { traceRoot, boundAt } = await getBinding(client, { deployment, commitId });
 */
export async function getBinding(
  client: AssayTransportClient,
  { deployment, source, commitId, ...block }: GetBindingParameters,
): Promise<GetBindingReturnType> {
  return readCall(client, {
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "getBinding",
    args: [commitId],
    ...atBlock(block),
  });
}
