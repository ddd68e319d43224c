// The rhythm of every role: read, plan, act. What a plan says again while it is being done is not started twice.
import { type Clock, second } from "../clock.ts";
import { createDeferred, type Deferred } from "../deferred.ts";
import { FatalError } from "../errors.ts";
import type { Component } from "../lifecycle.ts";
import { createLoop } from "../loop.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export type RoleOptions<action> = {
  name: string;
  /** Reads the chain and the journal and says what is due; everything in it follows from what was read. */
  plan(signal: AbortSignal): Promise<readonly action[]>;
  /** Does one thing. Whatever it needs after a crash is in the journal before it signs. */
  act(action: action, signal: AbortSignal): Promise<void>;
  /** The same for two actions that must not be done at once. */
  keyOf(action: action): string;
  /** True when nothing of the role's is open any more; {@link Role.drain} waits for it. */
  isIdle?(): boolean;
  onDrain?(): void;
  seconds: number;
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Role = Component & {
  /** One round; returns what it started. The loop calls it; tests may. */
  tick(): Promise<string[]>;
  /** Resolves when nothing that was started is still running. */
  settled(): Promise<void>;
  /** Takes on nothing new; resolves when nothing of the role's is open any more. */
  drain(): Promise<void>;
  wake(): void;
};

/** The longest wait before something that failed is tried again, in rounds: a dispute clock is short. */
const mostRoundsBetweenTries = 5;

/** How long what ended waits while something else is being done, in times of what a plan takes. */
const plansApart = 3;

export function createRole<action>(options: RoleOptions<action>): Role {
  const { name, plan, act, keyOf, isIdle, onDrain, seconds, fail, logger, metrics, clock } = options;
  const running = new Map<string, Promise<void>>();
  const tries = new Map<string, { failures: number; notBefore: number }>();
  const stopping = new AbortController();
  let drained: Deferred<void> | undefined;
  let signal: AbortSignal = stopping.signal;
  let planMilliseconds = 0;
  let nudged = false;

  async function tick(): Promise<string[]> {
    const from = clock.now();
    const actions = await plan(signal);
    planMilliseconds = clock.now() - from;
    const due = new Map(actions.map((action) => [keyOf(action), action]));
    for (const key of tries.keys()) if (!due.has(key) && !running.has(key)) tries.delete(key);
    const started: string[] = [];
    for (const [key, action] of due) {
      if (signal.aborted || running.has(key) || clock.now() < (tries.get(key)?.notBefore ?? 0)) continue;
      running.set(key, perform(key, action));
      started.push(key);
    }
    if (drained && running.size === 0 && (isIdle?.() ?? true)) drained.resolve();
    return started;
  }

  async function perform(key: string, action: action): Promise<void> {
    try {
      await act(action, signal);
      // The chain may have taken it and the journal not have read it yet.
      tries.set(key, { failures: 0, notBefore: clock.now() + seconds * second });
    } catch (error) {
      if (!signal.aborted) blame(key, error);
    } finally {
      running.delete(key);
      nudge();
    }
  }

  /** A plan looks at everything: while much else is being done, what ends waits for company before it is made anew. */
  function nudge(): void {
    if (running.size === 0 || planMilliseconds === 0) {
      loop.wake();
      return;
    }
    if (nudged) return;
    nudged = true;
    const wait = Math.min(plansApart * planMilliseconds, seconds * second);
    void clock
      .sleep(wait, signal)
      .catch(() => {})
      .then(() => {
        nudged = false;
        loop.wake();
      });
  }

  function blame(key: string, error: unknown): void {
    metrics.node.errors.add({ task: name, code: error instanceof Error ? error.name : "unknown" });
    if (error instanceof FatalError) {
      fail(error);
      return;
    }
    const failures = (tries.get(key)?.failures ?? 0) + 1;
    const rounds = Math.min(failures, mostRoundsBetweenTries);
    tries.set(key, { failures, notBefore: clock.now() + rounds * seconds * second });
    const fields = { role: name, action: key, failures, error };
    if (failures === 1) logger.warn("Action failed and is tried again if it is still due", fields);
    else logger.debug("Action failed again", fields);
  }

  const loop = createLoop({
    name,
    seconds,
    work: async () => {
      await tick();
    },
    fail,
    logger,
    metrics,
    clock,
  });

  return {
    name,
    start: (outer) => {
      signal = AbortSignal.any([outer, stopping.signal]);
      return loop.start?.(signal);
    },
    stop: async () => {
      stopping.abort();
      await loop.stop?.();
      await settled();
    },
    tick,
    settled,
    drain: () => {
      drained ??= createDeferred<void>();
      onDrain?.();
      loop.wake();
      return drained.promise;
    },
    wake: loop.wake,
  };

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.all(running.values());
  }
}
