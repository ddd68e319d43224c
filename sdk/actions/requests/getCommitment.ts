// Reads a commitment.
import type { Hex } from "viem";
import { zeroHash } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { CommitmentNotFoundError } from "../../errors/clientErrors.ts";
import type { Commitment } from "../../protocol/request.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetCommitmentParameters = ReadParameters & { commitId: Hex };
export type GetCommitmentReturnType = Commitment;
export type GetCommitmentErrorType = CommitmentNotFoundError | ContractError | Error;

/**
 * Reads a commitment. Its status is its request's, see {@link getRequest}.
 *
 * @param parameters.commitId - The commitment.
 * @returns Request, output root, worker, lock in token units, open disputes, times in unix seconds.
 * @throws CommitmentNotFoundError when the market has never seen it.
 *
 * @example
 * import { getCommitment } from "@assay/sdk";
 *
 * const { outputRoot, openDisputes } = await getCommitment(client, { deployment, commitId });
 */
export async function getCommitment(
  client: AssayTransportClient,
  { deployment, commitId, ...block }: GetCommitmentParameters,
): Promise<GetCommitmentReturnType> {
  const commitment = await readCall(client, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "getCommitment",
    args: [commitId],
    ...atBlock(block),
  });
  if (commitment.requestId === zeroHash) throw new CommitmentNotFoundError({ commitId });
  return commitment;
}
