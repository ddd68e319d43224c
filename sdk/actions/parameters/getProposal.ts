// Reads the proposed parameter version.
import { parametersAbi } from "../../abi/parameters.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import type { Tier } from "../../protocol/request.ts";
import { type AssayTransportClient, atBlock, type ReadParameters } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";

export type GetProposalParameters = ReadParameters;
export type GetProposalReturnType =
  | {
      /** The number that the version will have. */
      version: number;
      /** Unix seconds from which anyone may activate it. */
      activeFrom: bigint;
      tier: Tier;
    }
  | undefined;
export type GetProposalErrorType = ContractError | Error;

/**
 * Reads the parameter version that waits to be activated.
 *
 * @returns Number, contents and time of the version; undefined when none was proposed.
 *
 * @example
 * import { getProposal } from "@assay/sdk";
 *
 * const proposal = await getProposal(client, { deployment });
 */
export async function getProposal(
  client: AssayTransportClient,
  { deployment, ...block }: GetProposalParameters,
): Promise<GetProposalReturnType> {
  const [version, activeFrom, tier] = await readCall(client, {
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "proposal",
    ...atBlock(block),
  });
  return version === 0 ? undefined : { version, activeFrom, tier };
}
