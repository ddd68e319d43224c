// Starts components in order, stops them in reverse, once, with a grace period, behind one abort signal.
import { type Clock, second, systemClock } from "./clock.ts";
import { createDeferred } from "./deferred.ts";
import { exitCodeOf, exitCodes, FatalError } from "./errors.ts";
import type { Logger } from "./telemetry/logger.ts";

/** A part with a life of its own. Whatever was added before it is running when `start` is called, and until `stop` returns. */
export type Component = {
  name: string;
  /** Returns when the component serves. Work that goes on takes `signal`. */
  start?(signal: AbortSignal): Promise<void> | void;
  /** Returns when nothing of the component runs any more. Called only if `start` was. */
  stop?(): Promise<void> | void;
};

export type Lifecycle = {
  /** Aborts as soon as stopping begins. */
  signal: AbortSignal;
  add(...components: Component[]): void;
  start(): Promise<void>;
  /** Stops everything; later calls wait for the first. */
  stop(): Promise<void>;
  /** Reports an error that the node cannot work on with; it stops. */
  fail(error: unknown): void;
  /** Resolves after a stop that was asked for; rejects with the error after a failure. */
  done: Promise<void>;
};

export type LifecycleOptions = { logger: Logger; clock?: Clock; graceSeconds?: number };

/** Why the signal aborted when the operator asked to stop. */
export class StopRequested extends Error {
  override name = "StopRequested";
}

export function createLifecycle({
  logger,
  clock = systemClock,
  graceSeconds = 10,
}: LifecycleOptions): Lifecycle {
  const controller = new AbortController();
  const components: Component[] = [];
  const started: Component[] = [];
  const finished = createDeferred<void>();
  let failure: unknown;
  let stopping: Promise<void> | undefined;

  async function stopOne(component: Component): Promise<void> {
    const limit = new AbortController();
    const late = clock.sleep(graceSeconds * second, limit.signal).then(
      () => logger.warn("Component did not stop in time", { component: component.name, graceSeconds }),
      () => {},
    );
    try {
      await Promise.race([late, component.stop?.()]);
    } catch (error) {
      logger.error("Component failed to stop", { component: component.name, error });
      failure ??= error;
    } finally {
      limit.abort();
    }
  }

  async function stopAll(): Promise<void> {
    if (!controller.signal.aborted) controller.abort(failure ?? new StopRequested("The node is stopping."));
    for (const component of started.splice(0).reverse()) await stopOne(component);
    if (failure === undefined) finished.resolve();
    else finished.reject(failure);
  }

  const lifecycle: Lifecycle = {
    signal: controller.signal,
    done: finished.promise,
    add: (...added) => {
      components.push(...added);
    },
    start: async () => {
      try {
        for (const component of components) {
          if (controller.signal.aborted) return;
          started.push(component);
          await component.start?.(controller.signal);
          logger.debug("Component started", { component: component.name });
        }
      } catch (error) {
        if (stopping) return stopping; // a start that was interrupted has not failed
        failure = error;
        await lifecycle.stop();
        throw error;
      }
    },
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
    fail: (error) => {
      if (stopping) return;
      failure = error;
      logger.error("The node has to stop", { error });
      void lifecycle.stop();
    },
  };
  return lifecycle;
}

export type Signals = Pick<NodeJS.EventEmitter, "on" | "off">;

/**
 * Runs until SIGINT, SIGTERM or a failure. The first signal stops gracefully, the second one gives up waiting.
 *
 * @returns The exit code: 0 after a signal, 1 after a fatal error, 75 after one that a restart may cure.
 */
export async function runUntilStopped(
  lifecycle: Lifecycle,
  { logger, signals = process }: { logger: Logger; signals?: Signals },
): Promise<number> {
  const forced = createDeferred<never>();
  let asked = 0;
  const onSignal = (name: string) => {
    asked += 1;
    if (asked === 1) logger.info("Stopping; a second signal does not wait", { signal: name });
    else forced.reject(new FatalError("Stopped without waiting for open work."));
    void lifecycle.stop();
  };
  signals.on("SIGINT", onSignal);
  signals.on("SIGTERM", onSignal);
  try {
    await Promise.race([forced.promise, lifecycle.start().then(() => lifecycle.done)]);
    return exitCodes.ok;
  } catch (error) {
    logger.error("The node stopped with an error", { error });
    return exitCodeOf(error);
  } finally {
    signals.off("SIGINT", onSignal);
    signals.off("SIGTERM", onSignal);
  }
}
