// Everything that happens on the chain, transaction by transaction, whichever process sent it.
import type { Deployment } from "@assay/sdk";
import {
  assayTokenAbi,
  disputeGameAbi,
  inferenceMarketAbi,
  programRegistryAbi,
  stakeVaultAbi,
} from "@assay/sdk/abi";
import { type Abi, type Address, decodeFunctionData, type Hash, type Hex, type Transaction } from "viem";
import { decodeEvents, type ProtocolEvent } from "../../node/chain/events.ts";
import type { MinedLog } from "../../node/chain/poller.ts";
import { second } from "../../node/clock.ts";
import { createDeferred } from "../../node/deferred.ts";
import type { StoryClient } from "./chain.ts";
import { StoryError } from "./errors.ts";

/** A mined transaction, decoded. */
export interface Seen {
  from: Address;
  hash: Hash;
  gas: number;
  block: number;
  succeeded: boolean;
  /** What was called, and with what; `unknown` for contracts of others. */
  functionName: string;
  args: readonly unknown[];
  events: readonly ProtocolEvent[];
}

export type EventName = ProtocolEvent["eventName"];
export type EventOf<name extends EventName> = Extract<ProtocolEvent, { eventName: name }>;

/** The event of that name among a transaction's. */
export function eventIn<name extends EventName>({ events }: Seen, name: name): EventOf<name> | undefined {
  return events.find((one): one is EventOf<name> => one.eventName === name);
}

export interface Feed {
  /** So far, in the order of the chain. */
  readonly seen: readonly Seen[];
  /** Calls back for every transaction, in order. */
  onSeen(listener: (one: Seen) => void): void;
  /**
   * Waits for an event, past ones included.
   *
   * @param what - Says in the error what did not happen.
   * @throws StoryError after `seconds`.
   */
  event<name extends EventName>(
    name: name,
    matches: (event: EventOf<name>) => boolean,
    what: string,
    seconds: number,
  ): Promise<EventOf<name>>;
  /** Resolves when every block up to the present one has been told. */
  caughtUp(): Promise<void>;
  /** Ends every wait with this error. */
  fail(error: unknown): void;
  stop(): void;
}

const lookEvery = 100;

interface Wait {
  take(event: ProtocolEvent): void;
  reject(error: unknown): void;
}

/**
 * @param what - Says in the error what did not happen.
 * @throws StoryError after `seconds`.
 */
export function within<result>(seconds: number, promise: Promise<result>, what: string): Promise<result> {
  const { promise: late, reject } = createDeferred<never>();
  const error = new StoryError(`${what} did not happen within ${seconds} seconds.`);
  const limit = setTimeout(() => reject(error), seconds * second);
  return Promise.race([promise, late]).finally(() => clearTimeout(limit));
}

export async function openFeed(client: StoryClient, deployment: Deployment): Promise<Feed> {
  const abis = new Map<string, Abi>(
    (
      [
        [deployment.token, assayTokenAbi],
        [deployment.stakeVault, stakeVaultAbi],
        [deployment.programRegistry, programRegistryAbi],
        [deployment.inferenceMarket, inferenceMarketAbi],
        [deployment.disputeGame, disputeGameAbi],
      ] as const
    ).map(([address, abi]) => [address.toLowerCase(), abi]),
  );
  const seen: Seen[] = [];
  const listeners: ((one: Seen) => void)[] = [];
  const waits = new Set<Wait>();
  let next = (await client.getBlockNumber()) + 1n;
  let failure: { error: unknown } | undefined;
  let last: Promise<void> = Promise.resolve();

  function decode(to: string | null, data: Hex): Pick<Seen, "functionName" | "args"> {
    const abi = abis.get(to?.toLowerCase() ?? "");
    if (abi === undefined) return { functionName: "unknown", args: [] };
    const { functionName, args = [] } = decodeFunctionData({ abi, data });
    return { functionName, args };
  }

  async function see({ hash, from, to, input }: Transaction, block: bigint): Promise<void> {
    const { gasUsed, status, logs } = await client.getTransactionReceipt({ hash });
    const events = decodeEvents(logs as MinedLog[]);
    const succeeded = status === "success";
    const one = {
      from,
      hash,
      gas: Number(gasUsed),
      block: Number(block),
      succeeded,
      ...decode(to, input),
      events,
    };
    seen.push(one);
    for (const listener of listeners) listener(one);
    for (const event of events) for (const wait of waits) wait.take(event);
  }

  async function read(): Promise<void> {
    for (const head = await client.getBlockNumber(); next <= head; next++) {
      const { transactions } = await client.getBlock({ blockNumber: next, includeTransactions: true });
      for (const transaction of transactions) await see(transaction, next);
    }
  }

  const look = (): Promise<void> => {
    last = last.then(read).catch(fail);
    return last;
  };
  const timer = setInterval(() => void look(), lookEvery);

  function fail(error: unknown): void {
    failure ??= { error };
    for (const wait of waits) wait.reject(error);
  }

  return {
    seen,
    onSeen: (listener) => {
      listeners.push(listener);
    },
    event: (name, matches, what, seconds) => {
      const isIt = (event: ProtocolEvent): event is EventOf<typeof name> =>
        event.eventName === name && matches(event as EventOf<typeof name>);
      const past = seen.flatMap(({ events }) => events).find(isIt);
      if (past) return Promise.resolve(past);
      const { promise, resolve, reject } = createDeferred<EventOf<typeof name>>();
      const wait: Wait = {
        take: (event) => {
          if (isIt(event)) resolve(event);
        },
        reject,
      };
      waits.add(wait);
      if (failure) reject(failure.error);
      return within(seconds, promise, what).finally(() => waits.delete(wait));
    },
    caughtUp: look,
    fail,
    stop: () => clearInterval(timer),
  };
}
