// Publishes the answers to claimed requests in one batch.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { type Bytes, bytesOf, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { Request } from "../../protocol/request.ts";
import { eventOf, eventsOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  RequestReference,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type FindRequestErrorType, requestBy } from "./findRequest.ts";

/** What a worker answers. */
export type AnswerParameters = {
  /** The output bytes of the program. */
  output: Bytes;
  /** Passes run; 1 when left out. */
  passes?: number | undefined;
};

export type CommitResultsParameters = WriteParameters & {
  /** Answers of one worker to requests that it has claimed, all of one parameter version, up to 64. */
  answers: readonly (RequestReference & AnswerParameters)[];
};
export type PublishedCommitment = { requestId: Hex; commitId: Hex; outputRoot: Hex };
export type CommitResultsReturnType = WriteReturnType & {
  /** Number of the batch. */
  batch: number;
  /** Unix seconds at which the challenge window closes. */
  challengeUntil: bigint;
  /** In the order of the answers. */
  commitments: readonly PublishedCommitment[];
};
export type CommitResultsErrorType = SendCallErrorType | FindRequestErrorType | MissingEventError;

/** The call that {@link commitResults} sends. */
export function commitResultsCall({
  deployment,
  answers,
}: DeploymentParameters & { answers: readonly ({ request: Request } & AnswerParameters)[] }) {
  const structs = answers.map(({ request, output, passes = 1 }) => ({
    request: requestStruct(request),
    passes,
    output: hexOf(output),
  }));
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "commit",
    args: [structs],
  });
}

/**
 * Publishes the answers to claimed requests in one transaction, which costs far less than one for each. Their challenge
 * windows start with it.
 *
 * @param parameters.answers - Answers of one worker to requests that it has claimed, all of one parameter version, up to 64.
 * @returns Hash and receipt, and what the contract reported: the `batch`, `challengeUntil`, and the `commitments`.
 *
 * @example
 * import { commitResults } from "@assay/sdk";
 *
 * const { commitments } = await commitResults(client, { deployment, answers: [{ requestId, output }] });
 */
export async function commitResults(
  client: AssayTransportClient,
  parameters: CommitResultsParameters,
): Promise<CommitResultsReturnType> {
  const { deployment } = parameters;
  const answers = await Promise.all(
    parameters.answers.map(async ({ output, passes, ...reference }) => ({
      ...{ output, passes },
      request: await requestBy(client, { deployment, ...reference }),
    })),
  );
  const sent = await sendCall(client, { ...parameters, call: commitResultsCall({ deployment, answers }) });
  const market = { address: deployment.inferenceMarket, abi: inferenceMarketAbi } as const;
  const { batch, challengeUntil } = eventOf(sent.receipt, { ...market, eventName: "BatchPublished" });
  const published = eventsOf(sent.receipt, { ...market, eventName: "Committed" });
  const commitments = published.map(({ requestId, commitId, output }) => {
    return { requestId, commitId, outputRoot: byteRoot(bytesOf(output)) };
  });
  return { ...sent, batch, challengeUntil, commitments };
}
