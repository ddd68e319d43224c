// The dispute game's events, for commands that look at disputes without a node's journal.
import { disputeGameAbi } from "@assay/sdk/abi";
import type { ChainAccess } from "./chain.ts";
import { readEvents } from "./logs.ts";

export type GameEvent = Awaited<ReturnType<typeof readGameEvents>>[number];

export function readGameEvents(
  { client, deployment }: ChainAccess,
  scan: { chunkBlocks: number; signal: AbortSignal },
) {
  const { disputeGame: address, startBlock: fromBlock } = deployment;
  return readEvents(client, { address, abi: disputeGameAbi, fromBlock, ...scan });
}
