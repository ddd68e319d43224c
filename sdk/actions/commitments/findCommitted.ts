// Finds the event by which an answer was published, by its commitment.
import type { Hex } from "viem";
import { getBlockNumber } from "viem/actions";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { scanLogs } from "../logs/scanLogs.ts";
import type { LogParameters } from "../requests/findUpdate.ts";
import { batchTopics, type CommittedUpdate, requestUpdates } from "../requests/requestEvents.ts";

export async function findCommitted(
  client: AssayTransportClient,
  {
    deployment,
    commitId,
    fromBlock = deployment.startBlock,
    ...scan
  }: DeploymentParameters & LogParameters & { commitId: Hex },
): Promise<CommittedUpdate | undefined> {
  const toBlock = await getBlockNumber(client, { cacheTime: 0 });
  const filter = { address: deployment.inferenceMarket, topics: [batchTopics, null, [commitId]] };
  for await (const logs of scanLogs(client, { ...filter, ...scan, fromBlock, toBlock, backward: true })) {
    const found = requestUpdates(logs).at(-1);
    if (found) return found as CommittedUpdate;
  }
  return undefined;
}
