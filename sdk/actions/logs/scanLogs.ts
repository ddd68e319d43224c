// Walks the logs of a block range, forwards or backwards, in portions that the endpoint accepts.
import { type Address, formatLog, type Hex, type Log, numberToHex } from "viem";
import type { AssayTransportClient } from "../calls/parameters.ts";

export type LogFilter = {
  address: Address;
  /** One entry per topic: the values that match, or null for any. */
  topics: readonly (readonly Hex[] | null)[];
};

/** A log that is in a block. */
export type MinedLog = Log<bigint, number, false>;

export type BlockRange = { fromBlock: bigint; toBlock: bigint };

export type ScanLogsParameters = LogFilter &
  BlockRange & {
    backward?: boolean | undefined;
    /** Blocks asked for at once, until the endpoint refuses; 10 000 when left out. */
    blockRange?: bigint | undefined;
    signal?: AbortSignal | undefined;
  };

/** Yields the logs of one portion after the other, each in chain order. */
export async function* scanLogs(
  client: AssayTransportClient,
  { fromBlock, toBlock, backward = false, blockRange = 10_000n, signal, ...filter }: ScanLogsParameters,
): AsyncGenerator<MinedLog[], void, undefined> {
  let [first, last, width] = [fromBlock, toBlock, blockRange];
  while (first <= last) {
    signal?.throwIfAborted();
    const range = backward
      ? { fromBlock: atLeast(first, last - width + 1n), toBlock: last }
      : { fromBlock: first, toBlock: atMost(last, first + width - 1n) };
    let logs: MinedLog[];
    try {
      logs = await fetchLogs(client, filter, range);
    } catch (error) {
      // Endpoints bound the blocks or the logs of one answer, each in its own words: any refusal narrows the range.
      if (width === 1n) throw error;
      width = atLeast(1n, width / 10n);
      continue;
    }
    if (backward) last = range.fromBlock - 1n;
    else first = range.toBlock + 1n;
    yield logs;
  }
}

async function fetchLogs(
  client: AssayTransportClient,
  { address, topics }: LogFilter,
  { fromBlock, toBlock }: BlockRange,
): Promise<MinedLog[]> {
  const range = { fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) };
  const filter = { address, topics: topics.map((topic) => topic && [...topic]) };
  const logs = await client.request({ method: "eth_getLogs", params: [{ ...filter, ...range }] });
  return logs.map((log) => formatLog(log) as MinedLog);
}

const atLeast = (bound: bigint, value: bigint) => (value < bound ? bound : value);
const atMost = (bound: bigint, value: bigint) => (value > bound ? bound : value);
