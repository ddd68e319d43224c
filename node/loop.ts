// The one loop that all pollers and roles run in: work, sleep, back off on errors, say so once, stop on fatal ones.
import { type Clock, minute, second } from "./clock.ts";
import { FatalError } from "./errors.ts";
import type { Component } from "./lifecycle.ts";
import type { Logger } from "./telemetry/logger.ts";
import type { Metrics } from "./telemetry/metrics.ts";

export type LoopOptions = {
  name: string;
  seconds: number;
  /** One round. "again" starts the next one without sleeping. */
  work(signal: AbortSignal): Promise<unknown>;
  /** Called with an error that no retry can cure; normally `lifecycle.fail`. */
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Loop = Component & {
  /** Ends the present sleep, or leaves out the next one: one more round, however often it is called before that begins. */
  wake(): void;
};

const longestBackOff = minute;
const repeatEvery = 20;

export function createLoop({ name, seconds, work, fail, logger, metrics, clock }: LoopOptions): Loop {
  let running: Promise<void> | undefined;
  let sleeper = new AbortController();
  let isAwake = false;
  const ownStop = new AbortController();

  async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    sleeper = new AbortController();
    if (isAwake) sleeper.abort();
    await clock.sleep(milliseconds, AbortSignal.any([signal, sleeper.signal])).catch(() => {});
  }

  async function run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      isAwake = false;
      try {
        const outcome = await work(signal);
        metrics.node.lastRound.set({ task: name }, clock.now() / second);
        if (failures > 0) logger.info("Task works again", { task: name, failures });
        failures = 0;
        if (outcome !== "again") await sleep(seconds * second, signal);
      } catch (error) {
        if (signal.aborted) return;
        metrics.node.errors.add({ task: name, code: error instanceof Error ? error.name : "unknown" });
        if (error instanceof FatalError) {
          fail(error);
          return;
        }
        failures += 1;
        const fields = { task: name, failures, error };
        if (failures === 1 || failures % repeatEvery === 0)
          logger.warn("Task failed and is tried again", fields);
        else logger.debug("Task failed and is tried again", fields);
        await sleep(backOff(seconds * second, failures), signal);
      }
    }
  }

  return {
    name,
    start: (signal) => {
      running = run(AbortSignal.any([signal, ownStop.signal]));
    },
    stop: async () => {
      ownStop.abort();
      await running;
    },
    wake: () => {
      isAwake = true;
      sleeper.abort();
    },
  };
}

/** Doubles up to a minute; jitter keeps many nodes from asking one endpoint at the same moment. */
export function backOff(base: number, failures: number, random: () => number = Math.random): number {
  const doubled = Math.max(base, 100) * 2 ** Math.min(failures - 1, 16);
  return Math.min(doubled, Math.max(longestBackOff, base)) * (0.5 + random() / 2);
}

/** Resolves or rejects with `promise`, or rejects as soon as the signal aborts. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw signal.reason;
  const cleanup = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: cleanup.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    cleanup.abort();
  }
}
