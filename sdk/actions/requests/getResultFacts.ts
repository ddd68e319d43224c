// Reads what the chain says about a result, for `verifyResult`.
import { type Hex, zeroHash } from "viem";
import type { ContractError } from "../../errors/ContractError.ts";
import { type RequestNotFoundError, ResultNotAvailableError } from "../../errors/clientErrors.ts";
import type { ResultFacts } from "../../verifyResult.ts";
import type { AssayTransportClient, ReadParameters } from "../calls/parameters.ts";
import { getProgram } from "../programs/getProgram.ts";
import { getCommitment } from "./getCommitment.ts";
import { getRequest } from "./getRequest.ts";

export type GetResultFactsParameters = ReadParameters & { requestId: Hex };
export type GetResultFactsReturnType = ResultFacts;
export type GetResultFactsErrorType = RequestNotFoundError | ResultNotAvailableError | ContractError | Error;

/**
 * Reads what the chain says about a result: the request, the commitment and the registered program.
 *
 * @param parameters.requestId - A request with a committed output.
 * @returns What `verifyResult` takes as `facts`.
 *
 * @example
 * import { getResultFacts, verifyResult } from "@assay/sdk";
 *
 * const facts = await getResultFacts(client, { deployment, requestId });
 * const { valid } = verifyResult({ program, manifest, programId, input, output, facts });
 */
export async function getResultFacts(
  client: AssayTransportClient,
  { requestId, ...parameters }: GetResultFactsParameters,
): Promise<GetResultFactsReturnType> {
  const request = await getRequest(client, { ...parameters, requestId });
  const { commitId, programId, status } = request;
  if (commitId === zeroHash) throw new ResultNotAvailableError({ requestId, status });
  const [commitment, registration] = await Promise.all([
    getCommitment(client, { ...parameters, commitId }),
    getProgram(client, { ...parameters, programId }),
  ]);
  const { chainId, inferenceMarket: market } = parameters.deployment;
  return { chainId, market, requestId, request, commitment, registration };
}
