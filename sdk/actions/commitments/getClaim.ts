// Reads what a step proof on a commitment is checked against.
import { zeroHash } from "viem";
import type { Claim } from "../../protocol/stepProof.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import { type GetProgramErrorType, getProgram } from "../programs/getProgram.ts";
import { type GetCommitmentErrorType, type GetCommitmentParameters, getCommitment } from "./getCommitment.ts";

export type GetClaimParameters = GetCommitmentParameters;
export type GetClaimReturnType = Claim;
export type GetClaimErrorType = GetCommitmentErrorType | GetProgramErrorType;

/**
 * Reads the roots and sizes that a step proof on a commitment is checked against.
 *
 * @param parameters.commitId - The commitment.
 * @param parameters.source - Whose commitment it is; the market's when left out.
 * @returns The claim; `traceRoot` is zero here, the worker binds it in the dispute game ({@link getBinding}).
 *
 * @example
 * import { getClaim } from "@assay/sdk";
 *
 * const { inputRoot, slots } = await getClaim(client, { deployment, commitId });
 */
export async function getClaim(
  client: AssayTransportClient,
  parameters: GetClaimParameters,
): Promise<GetClaimReturnType> {
  const { deployment, blockNumber, blockTag } = parameters;
  const { terms } = await getCommitment(client, parameters);
  const { programId, inputRoot, passes } = terms;
  const program = await getProgram(client, { deployment, programId, blockNumber, blockTag });
  const { slots, constants, maxPasses, inputBytes, outputBytes } = program.header;
  const { descriptorsRoot, constantsRoot } = program;
  return {
    ...{ descriptorsRoot, constantsRoot, inputRoot, traceRoot: zeroHash },
    ...{ slots, constants, maxPasses, passes, inputBytes, outputBytes },
  };
}
