// Follows a request from its posting to its end.
import type { Hex } from "viem";
import { getBlockNumber } from "viem/actions";
import type { MissingLogError, RequestNotFoundError } from "../../errors/clientErrors.ts";
import type { RequestStatus } from "../../protocol/enums.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { delay } from "../logs/delay.ts";
import { type MinedLog, scanLogs } from "../logs/scanLogs.ts";
import type { LogParameters } from "./findUpdate.ts";
import { getRequestState } from "./getRequestState.ts";
import { type RequestUpdate, requestLogFilter, requestUpdates } from "./requestEvents.ts";

export type WatchRequestParameters = DeploymentParameters &
  LogParameters & {
    requestId: Hex;
    /** Milliseconds between looks at the chain; the client's when left out. */
    pollingInterval?: number | undefined;
    /** Blocks that must follow a change before it is told; 0 when left out. */
    confirmations?: number | undefined;
  };
export type WatchRequestReturnType = AsyncGenerator<RequestUpdate, void, undefined>;
export type WatchRequestErrorType = RequestNotFoundError | MissingLogError | Error;

/** Statuses that nothing follows. */
const ends: readonly RequestStatus[] = ["finalized", "slashed", "refunded", "expired", "cancelled"];

/** Blocks looked at again with every poll, so that a re-organisation no deeper than this goes unmissed. */
const OVERLAP = 32n;

/** Polls in a row that may fail before the iterator does. */
const PATIENCE = 10;

/**
 * Follows a request: yields what happened to it so far, then each change as it comes, and returns after the last. Polls
 * with `eth_getLogs`, so any HTTP endpoint will do. After a re-organisation, changes in their new blocks are yielded again.
 *
 * @param parameters.requestId - The request.
 * @param parameters.pollingInterval - Milliseconds between looks at the chain; the client's when left out.
 * @param parameters.confirmations - Blocks that must follow a change before it is told; 0 when left out.
 * @param parameters.signal - Aborting it ends the iteration with its reason.
 * @returns An async iterator over {@link RequestUpdate}s.
 *
 * @example
 * import { watchRequest } from "@assay/sdk";
 *
 * for await (const { event, status, level } of watchRequest(client, { deployment, requestId })) {
 *   console.log(event, status, level); // "Committed" "committed" "provisional"
 * }
 */
export async function* watchRequest(
  client: AssayTransportClient,
  parameters: WatchRequestParameters,
): WatchRequestReturnType {
  const { deployment, requestId, signal, confirmations = 0 } = parameters;
  const { fromBlock = deployment.startBlock, blockRange } = parameters;
  await getRequestState(client, { deployment, requestId });
  const filter = requestLogFilter(deployment, requestId);
  const told = new Set<string>();
  let next = fromBlock;
  for (let failures = 0; ; ) {
    signal?.throwIfAborted();
    let logs: MinedLog[] = [];
    try {
      const toBlock = (await getBlockNumber(client, { cacheTime: 0 })) - BigInt(confirmations);
      const overlapping = next - OVERLAP > fromBlock ? next - OVERLAP : fromBlock;
      logs = await collect(client, { ...filter, fromBlock: overlapping, toBlock, blockRange, signal });
      next = toBlock + 1n;
      failures = 0;
    } catch (error) {
      signal?.throwIfAborted();
      if (++failures > PATIENCE) throw error;
    }
    for (const update of requestUpdates(logs)) {
      if (told.has(keyOf(update))) continue;
      told.add(keyOf(update));
      yield update;
      if (ends.includes(update.status)) return;
    }
    await delay(parameters.pollingInterval ?? client.pollingInterval, signal);
  }
}

const keyOf = ({ blockHash, logIndex }: RequestUpdate): string => `${blockHash}:${logIndex}`;

/** From the newest portion back to the one with the request itself: a fresh request costs one query, however old the chain. */
async function collect(
  client: AssayTransportClient,
  parameters: Parameters<typeof scanLogs>[1],
): Promise<MinedLog[]> {
  const portions: MinedLog[][] = [];
  for await (const logs of scanLogs(client, { ...parameters, backward: true })) {
    portions.unshift(logs);
    if (requestUpdates(logs).some(({ event }) => event === "Requested")) break;
  }
  return portions.flat();
}
