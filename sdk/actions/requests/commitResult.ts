// Publishes the answer to a claimed request.
import type { Request } from "../../protocol/request.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { transactionOf } from "../calls/parameters.ts";
import {
  type AnswerParameters,
  type CommitResultsErrorType,
  commitResults,
  commitResultsCall,
  type PublishedCommitment,
} from "./commitResults.ts";

export type CommitResultParameters = WriteParameters & RequestReference & AnswerParameters;
export type CommitResultReturnType = WriteReturnType &
  PublishedCommitment & {
    /** Number of the batch that holds this one answer. */
    batch: number;
    /** Unix seconds at which the challenge window closes. */
    challengeUntil: bigint;
  };
export type CommitResultErrorType = CommitResultsErrorType;

/** The call that {@link commitResult} sends. */
export const commitResultCall = ({
  deployment,
  ...answer
}: DeploymentParameters & { request: Request } & AnswerParameters) =>
  commitResultsCall({ deployment, answers: [answer] });

/**
 * Publishes the answer to a claimed request. The challenge window starts with it. {@link commitResults} publishes many.
 *
 * @param parameters.requestId - A request that the sender, or the worker whose operator key it is, has claimed; or `request`
 * where it is at hand.
 * @param parameters.output - The output bytes of the program.
 * @param parameters.passes - Passes run; 1 when left out.
 * @returns Hash and receipt, and what the contract reported: `commitId`, `outputRoot`, `challengeUntil`, `batch`.
 *
 * @example
 * import { commitResult } from "@assay/sdk";
 *
 * const { commitId } = await commitResult(client, { deployment, requestId, output });
 */
export async function commitResult(
  client: AssayTransportClient,
  parameters: CommitResultParameters,
): Promise<CommitResultReturnType> {
  const { deployment, requestId, request, output, passes } = parameters;
  const reference = request ? { request } : { requestId };
  const { commitments, ...sent } = await commitResults(client, {
    ...transactionOf(parameters),
    deployment,
    answers: [{ ...reference, output, passes }],
  });
  return { ...sent, ...commitments[0]! };
}
