// Finds the answer to a request in the batch that published it.
import type { Hex } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import type { Deployment } from "../../deployments.ts";
import { MissingLogError, WrongBytesError } from "../../errors/clientErrors.ts";
import { BatchTree, batchRootOf } from "../../protocol/batch.ts";
import { hexToBytes } from "../../protocol/hash.ts";
import { commitId as commitIdOf } from "../../protocol/ids.ts";
import { byteRoot } from "../../protocol/merkle.ts";
import type { Leaf, Request, RequestState } from "../../protocol/request.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import { readCall } from "../calls/readCall.ts";
import { findBatch } from "./findBatch.ts";
import { findUpdate, type LogParameters } from "./findUpdate.ts";
import { knownAnswers } from "./knownRequests.ts";

/** What a worker published for a request, and where it stands in its batch. */
export type PublishedAnswer = {
  commitId: Hex;
  /** Number of the batch, from 1. */
  batch: number;
  passes: number;
  output: Hex;
  outputRoot: Hex;
  /** What the contracts take as proof that this is the answer. */
  leaf: Leaf;
  /** Unix seconds; the end of the window as it was published. */
  challengeUntil: bigint;
  blockNumber: bigint;
  transactionHash: Hex;
};

type FindAnswerParameters = LogParameters & {
  deployment: Deployment;
  requestId: Hex;
  request: Request;
  state: RequestState;
};

/** The answer that `state` says was published, checked against the batch's root on the chain. */
export async function findAnswer(
  client: AssayTransportClient,
  { request, state, ...parameters }: FindAnswerParameters,
): Promise<PublishedAnswer> {
  const { deployment, requestId } = parameters;
  const { batch } = state;
  const known = knownAnswers.get(client, requestId);
  const root = await readCall(client, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "batchRoot",
    args: [batch],
  });
  if (known?.batch === batch && batchRootOf(known.commitId, known.leaf.proof) === root) return known;

  const update = await findUpdate(client, { ...parameters, event: "Committed" });
  if (!update) throw new MissingLogError({ event: "Committed", requestId });
  const { passes, output } = update.args;
  const outputRoot = byteRoot(hexToBytes(output));
  const { worker } = state;
  const { programId, inputRoot, version } = request;
  const commitId = commitIdOf({
    chainId: BigInt(deployment.chainId),
    source: deployment.inferenceMarket,
    terms: { subject: requestId, programId, inputRoot, outputRoot, passes, worker, version },
  });
  const { challengeUntil, commitIds, index } = await findBatch(client, { ...parameters, update });
  const proof = new BatchTree(commitIds).proof(index);
  const computed = batchRootOf(commitId, proof);
  if (computed !== root) throw new WrongBytesError({ what: "output", computed, committed: root });
  const { blockNumber, transactionHash } = update;
  const leaf = { passes, outputRoot, proof };
  const found = { commitId, batch, passes, output, outputRoot, leaf };
  const answer = { ...found, challengeUntil, blockNumber, transactionHash };
  knownAnswers.set(client, requestId, answer);
  return answer;
}
