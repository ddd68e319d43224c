// Reads a parameter version.
import { parametersAbi } from "../../abi/parameters.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { UnknownVersionError } from "../../errors/parametersErrors.ts";
import type { Tier } from "../../protocol/request.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetTierParameters = ReadParameters & {
  /** Numbered from 1. */
  version: number;
};
export type GetTierReturnType = Tier;
export type GetTierErrorType = UnknownVersionError | ContractError | Error;

/**
 * Reads a parameter version: the deadlines, clocks and amounts that govern a request for its whole life.
 *
 * @param parameters.version - Numbered from 1. A version never changes, so the answer may be kept.
 * @returns Times in seconds, amounts in token units, shares in basis points.
 *
 * @example
 * import { getTier } from "@assay/sdk";
 *
 * const { windowSeconds, minFee } = await getTier(client, { deployment, version: 1 });
 */
export async function getTier(
  client: AssayTransportClient,
  { deployment, version, ...block }: GetTierParameters,
): Promise<GetTierReturnType> {
  return readCall(client, {
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "tier",
    args: [version],
    ...atBlock(block),
  });
}
