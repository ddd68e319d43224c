// Finds the batch in which an answer was published: one transaction, its answers one after the other.
import { type Address, type Hex, parseEventLogs } from "viem";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { MissingLogError } from "../../errors/clientErrors.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { scanLogs } from "../logs/scanLogs.ts";
import type { LogParameters } from "./findUpdate.ts";
import { batchTopics, type CommittedUpdate } from "./requestEvents.ts";

/** A batch as its transaction published it. */
export type Batch = {
  /** Its number, from 1. */
  batch: number;
  worker: Address;
  version: number;
  /** Unix seconds; the end of the window as it was published. */
  challengeUntil: bigint;
  /** In the order of its leaves. */
  commitIds: readonly Hex[];
};

/** The batch of an answer, and the answer's number in it. */
export async function findBatch(
  client: AssayTransportClient,
  {
    deployment,
    update,
    signal,
  }: DeploymentParameters & Pick<LogParameters, "signal"> & { update: CommittedUpdate },
): Promise<Batch & { index: number }> {
  const { blockNumber, logIndex, requestId } = update;
  const filter = { address: deployment.inferenceMarket, topics: [batchTopics] };
  const range = { fromBlock: blockNumber, toBlock: blockNumber, signal };
  let own: { batch: Batch; index: number } | undefined;
  let commitIds: Hex[] = [];
  let batch: Batch | undefined;
  for await (const logs of scanLogs(client, { ...filter, ...range })) {
    for (const log of parseEventLogs({
      abi: inferenceMarketAbi,
      eventName: ["BatchPublished", "Committed"],
      logs,
    })) {
      if (log.eventName === "BatchPublished") {
        commitIds = [];
        batch = { ...log.args, commitIds };
      } else {
        commitIds.push(log.args.commitId);
        if (log.logIndex === logIndex && batch) own = { batch, index: commitIds.length - 1 };
      }
    }
  }
  if (!own) throw new MissingLogError({ event: "BatchPublished", requestId });
  return { ...own.batch, index: own.index };
}
