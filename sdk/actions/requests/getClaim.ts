// Reads what a step proof on a commitment is checked against.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { Claim } from "../../protocol/stepProof.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetClaimParameters = ReadParameters & { commitId: Hex };
export type GetClaimReturnType = Claim;
export type GetClaimErrorType = ContractError | Error;

/**
 * Reads the roots and sizes that a step proof on a commitment is checked against.
 *
 * @param parameters.commitId - The commitment.
 * @returns The claim; `traceRoot` is zero here, the worker binds it in the dispute game ({@link getBinding}).
 *
 * @example
 * import { getClaim } from "@assay/sdk";
 *
 * const { inputRoot, slots } = await getClaim(client, { deployment, commitId });
 */
export async function getClaim(
  client: AssayTransportClient,
  { deployment, commitId, ...block }: GetClaimParameters,
): Promise<GetClaimReturnType> {
  return readCall(client, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "claimOf",
    args: [commitId],
    ...atBlock(block),
  });
}
