// Finds the latest event of a kind in the history of a request.
import type { Hex } from "viem";
import { getBlockNumber } from "viem/actions";
import type { Deployment } from "../../deployments.ts";
import type { AssayTransportClient } from "../calls/parameters.ts";
import { scanLogs } from "../logs/scanLogs.ts";
import {
  type RequestEventName,
  type RequestUpdate,
  requestLogFilter,
  requestUpdates,
} from "./requestEvents.ts";

/** Where to look for the logs of a request. */
export type LogParameters = {
  /** First block to look at; the deployment's when left out. */
  fromBlock?: bigint | undefined;
  /** Blocks asked for at once, until the endpoint refuses; 10 000 when left out. */
  blockRange?: bigint | undefined;
  signal?: AbortSignal | undefined;
};

export async function findUpdate<name extends RequestEventName>(
  client: AssayTransportClient,
  {
    deployment,
    requestId,
    event,
    fromBlock = deployment.startBlock,
    ...scan
  }: LogParameters & { deployment: Deployment; requestId: Hex; event: name },
): Promise<Extract<RequestUpdate, { event: name }> | undefined> {
  const toBlock = await getBlockNumber(client, { cacheTime: 0 });
  const filter = requestLogFilter(deployment, requestId, [event]);
  for await (const logs of scanLogs(client, { ...filter, ...scan, fromBlock, toBlock, backward: true })) {
    const found = requestUpdates(logs).at(-1);
    if (found) return found as Extract<RequestUpdate, { event: name }>;
  }
  return undefined;
}
