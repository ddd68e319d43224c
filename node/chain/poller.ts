// Reads the chain's events in order, exactly once, across restarts and re-organisations: own getLogs loop, own cursor.
import type { Address, Hex, Log, PublicClient } from "viem";
import { least } from "../bigints.ts";
import type { Clock } from "../clock.ts";
import { ReorgTooDeepError, RetryableError } from "../errors.ts";
import type { Component } from "../lifecycle.ts";
import { createLoop } from "../loop.ts";
import type { Database } from "../store/database.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type Block, blockAt, mayHoldLogsOf } from "./blocks.ts";
import { type BlockMark, createCursor } from "./cursor.ts";
import type { Endpoints } from "./endpoints.ts";
import { isEndpointFailure } from "./rpcErrors.ts";

/** An event of a mined block. */
export type MinedLog = Log<bigint, number, false>;

export type PollerOptions<event> = {
  name: string;
  addresses: readonly Address[];
  /** First block worth reading. */
  startBlock: bigint;
  decode(logs: MinedLog[]): event[];
  /** Derives state from events, in the transaction that moves the cursor; synchronous for that reason. */
  apply(events: event[], range: { from: bigint; to: bigint }): void;
  /** Undoes what followed from blocks after `toBlock`, in the transaction that moves the cursor back. */
  rollback(toBlock: bigint): void;
  confirmations: number;
  chunkBlocks: number;
  reorgBlocks: number;
  pollSeconds: number;
  endpoints: Endpoints;
  database: Database;
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Poller = Component & {
  /** One step; true when there is nothing more to read now. The loop calls it; tests may. */
  poll(): Promise<boolean>;
  /** Reads up to the head once, before anything acts on what was read. */
  catchUp(signal?: AbortSignal): Promise<void>;
  /** The newest block seen, whether or not its events were read. */
  head(): Block | undefined;
  cursor(): BlockMark | undefined;
  isCaughtUp(): boolean;
  /** Calls back after each step that read or undid blocks; returns the way to stop that. */
  onAdvance(listener: () => void): () => void;
  wake(): void;
};

/** Blocks near the head that one step reads, each by its hash: two calls per block. */
const blocksPerStep = 16n;
/** Enough to bring the largest chunk down to one block. */
const mostHalvings = 17n;
/** How often a block is read again because an endpoint did not answer. */
const mostDoubts = 5;

export function createPoller<event>(options: PollerOptions<event>): Poller {
  const {
    name,
    addresses,
    startBlock,
    decode,
    apply,
    rollback,
    endpoints,
    database,
    fail,
    logger,
    metrics,
    clock,
  } = options;
  const reorgBlocks = BigInt(options.reorgBlocks);
  const chunkBlocks = BigInt(options.chunkBlocks);
  const cursor = createCursor(database.sql, name);
  const listeners = new Set<() => void>();
  let halvings = 0n;
  let doubts = 0;
  let head: Block | undefined;
  let caughtUp = false;

  async function poll(): Promise<boolean> {
    head = await endpoints.head();
    const last = cursor.read();
    if (last !== undefined && (await isReplaced(last, head))) {
      await undo(last, head);
      return false;
    }
    const target = head.number - BigInt(options.confirmations);
    const from = last === undefined ? startBlock : last.number + 1n;
    if (from > target) {
      // A head that went backwards is not the present: nobody may act on it.
      caughtUp = last === undefined || head.number >= last.number;
      return true;
    }
    caughtUp = false;
    const to = await step(last, from, target, head.number - reorgBlocks);
    caughtUp = to === target;
    return caughtUp;
  }

  /** Reads some blocks, fewer after a failure: it may have been too much for the endpoint. */
  async function step(
    last: BlockMark | undefined,
    from: bigint,
    target: bigint,
    nearHead: bigint,
  ): Promise<bigint> {
    const reach = (blocks: bigint) => from + (blocks >> halvings || 1n) - 1n;
    const isHistory = from <= nearHead;
    const to = isHistory ? least(reach(chunkBlocks), nearHead, target) : least(reach(blocksPerStep), target);
    try {
      if (isHistory) await readRange(from, to);
      else await readBlocks(last, from, to);
      if (halvings > 0n) halvings -= 1n;
      return to;
    } catch (error) {
      if (halvings < mostHalvings) halvings += 1n;
      throw error;
    }
  }

  /** Whether the block that the cursor stands on has left the chain. A head behind the cursor alone does not say so. */
  async function isReplaced(last: BlockMark, newest: Block): Promise<boolean> {
    if (newest.number === last.number) return newest.hash !== last.hash;
    if (newest.number === last.number + 1n) return newest.parentHash !== last.hash;
    if (newest.number > last.number) {
      const present = await endpoints.use((client) => blockAt(client, last.number));
      return present.hash !== last.hash;
    }
    const known = cursor.hashAt(newest.number);
    return known !== undefined && known !== newest.hash;
  }

  async function undo(last: BlockMark, newest: Block): Promise<void> {
    const ancestor = await commonAncestor(newest);
    const toBlock = ancestor?.number ?? startBlock - 1n;
    database.transact(() => {
      rollback(toBlock);
      cursor.back(ancestor);
    });
    const depth = last.number - toBlock;
    logger.warn("Chain was re-organised; rolled back", { poller: name, depth, toBlock });
    metrics.chain.reorgs.add({ poller: name });
    metrics.chain.reorgDepth.set({ poller: name }, Number(depth));
    caughtUp = false;
    announce();
  }

  /** The newest remembered block that is still in the chain; undefined when all that was ever read has left it. */
  async function commonAncestor(newest: Block): Promise<BlockMark | undefined> {
    const marks = cursor.marks();
    for (const mark of marks) {
      if (mark.number > newest.number) continue;
      const present = await endpoints.use((client) => blockAt(client, mark.number));
      if (present.hash === mark.hash) return mark;
    }
    if (marks.at(-1)?.number === startBlock) return undefined;
    throw new ReorgTooDeepError("The chain was re-organised beyond the blocks that the node remembers.", {
      facts: { poller: name, head: newest.number, remembered: options.reorgBlocks },
      hint: "Use another --data-dir if the chain was started anew; its keys can be copied",
    });
  }

  /** History, in whole ranges. */
  async function readRange(from: bigint, to: bigint): Promise<void> {
    const { logs, end } = await endpoints.use(async (client) => ({
      logs: await client.getLogs({ address: [...addresses], fromBlock: from, toBlock: to }),
      end: await blockAt(client, to),
    }));
    store(logs, from, [end]);
  }

  /**
   * Near the head: block by block, by hash. A load balancer that asks a node which lacks the block gets an error then,
   * where a range would come back without the block's events.
   */
  async function readBlocks(last: BlockMark | undefined, from: bigint, to: bigint): Promise<void> {
    const numbers = Array.from({ length: Number(to - from) + 1 }, (_, offset) => from + BigInt(offset));
    const { blocks, logs } = await endpoints.use(async (client) => {
      const found = await Promise.all(numbers.map((number) => blockAt(client, number)));
      return { blocks: found, logs: await Promise.all(found.map((block) => logsOf(client, block.hash))) };
    });
    let previous = last?.hash;
    for (const [index, block] of blocks.entries()) {
      if (logs[index]?.length === 0 && mayHoldLogsOf(block, addresses))
        logs[index] = await logsOfAnybody(block);
      if (previous !== undefined && block.parentHash !== previous)
        throw new RetryableError("The chain changed while it was read.", { facts: { block: block.number } });
      previous = block.hash;
    }
    store(logs.flat(), from, blocks);
  }

  /** An endpoint whose database has holes says "no events" where others have some: the block's filter gives it away. */
  async function logsOfAnybody(block: Block): Promise<MinedLog[]> {
    const answers = await endpoints.all((client) => logsOf(client, block.hash));
    const found = answers.find((logs) => logs.length > 0) ?? [];
    // The filter errs now and then, so a dead endpoint may not hold up the reader for ever.
    if (found.length === 0 && answers.length < endpoints.status().length && doubts < mostDoubts) {
      doubts += 1;
      throw new RetryableError("Not every endpoint said whether a block has events.", {
        facts: { block: block.number, answers: answers.length },
      });
    }
    doubts = 0;
    if (found.length > 0) {
      metrics.chain.disagreements.add({});
      logger.error("An endpoint withholds events", {
        poller: name,
        block: block.number,
        events: found.length,
      });
    }
    return found;
  }

  async function logsOf(client: PublicClient, blockHash: Hex): Promise<MinedLog[]> {
    return client.getLogs({ address: [...addresses], blockHash });
  }

  function store(logs: MinedLog[], from: bigint, blocks: readonly Block[]): void {
    const ordered = logs
      .filter(({ removed }) => !removed)
      .sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
    const events = decode(ordered);
    const end = blocks.at(-1);
    if (end === undefined) return;
    database.transact(() => {
      apply(events, { from, to: end.number });
      cursor.advance(blocks, options.reorgBlocks);
    });
    metrics.chain.cursor.set({ poller: name }, Number(end.number));
    metrics.chain.events.add({ poller: name }, events.length);
    announce();
  }

  function announce(): void {
    for (const listener of listeners) listener();
  }

  const loop = createLoop({
    name: `poller ${name}`,
    seconds: options.pollSeconds,
    work: async () => ((await poll()) ? undefined : "again"),
    fail,
    logger,
    metrics,
    clock,
  });

  return {
    ...loop,
    poll,
    catchUp: async (signal) => {
      while (!signal?.aborted) {
        try {
          if (await poll()) return;
        } catch (error) {
          if (!(error instanceof RetryableError) && !isEndpointFailure(error)) throw error;
          await clock.sleep(options.pollSeconds * 1_000, signal);
        }
      }
    },
    head: () => head,
    cursor: () => cursor.read(),
    isCaughtUp: () => caughtUp,
    onAdvance: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
