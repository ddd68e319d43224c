// Reads what the chain says about a result, for `verifyResult`.
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { ContractError } from "../../errors/ContractError.ts";
import { type RequestNotFoundError, ResultNotAvailableError } from "../../errors/clientErrors.ts";
import type { ResultFacts } from "../../verifyResult.ts";
import { type AssayTransportClient, atBlock } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import { getProgram } from "../programs/getProgram.ts";
import { type GetRequestParameters, getRequest } from "./getRequest.ts";

export type GetResultFactsParameters = GetRequestParameters;
export type GetResultFactsReturnType = ResultFacts;
export type GetResultFactsErrorType = RequestNotFoundError | ResultNotAvailableError | ContractError | Error;

/**
 * Reads what the chain says about a result: the request, the commitment in its batch, and the registered program.
 *
 * @param parameters.requestId - A request with a published answer; or `request` where it is at hand.
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
  parameters: GetResultFactsParameters,
): Promise<GetResultFactsReturnType> {
  const { deployment, blockNumber, blockTag } = parameters;
  const { requestId, request, status, worker, answer } = await getRequest(client, parameters);
  if (!answer) throw new ResultNotAvailableError({ requestId, status });
  const [registration, batchRoot] = await Promise.all([
    getProgram(client, { deployment, programId: request.programId, blockNumber, blockTag }),
    readCall(client, {
      address: deployment.inferenceMarket,
      abi: inferenceMarketAbi,
      functionName: "batchRoot",
      args: [answer.batch],
      ...atBlock({ blockNumber, blockTag }),
    }),
  ]);
  const { chainId, inferenceMarket: market } = deployment;
  const { commitId, leaf } = answer;
  const commitment = { commitId, worker, ...leaf };
  return { chainId, market, requestId, request, status, commitment, batchRoot, registration };
}
