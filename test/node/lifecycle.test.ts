// Starting, stopping and failing in order; loops that back off; exit codes.
import { EventEmitter } from "node:events";
import { expect } from "chai";
import type { Clock } from "../../node/clock.ts";
import { systemClock } from "../../node/clock.ts";
import { exitCodeOf, FatalError, RetryableError } from "../../node/errors.ts";
import { type Component, createLifecycle, runUntilStopped } from "../../node/lifecycle.ts";
import { backOff, createLoop, untilAborted } from "../../node/loop.ts";
import { createLruCache } from "../../node/lruCache.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { errorOf, quiet } from "../helpers/nodeParts.ts";

describe("createLifecycle", () => {
  const make = (graceSeconds = 1) => createLifecycle({ logger: silentLogger, graceSeconds });
  const recorded = () => {
    const log: string[] = [];
    const part = (name: string, more: Partial<Component> = {}): Component => ({
      name,
      start: () => void log.push(`+${name}`),
      stop: () => void log.push(`-${name}`),
      ...more,
    });
    return { log, part };
  };

  it("starts in order and stops in reverse, once, with the signal aborted first", async () => {
    const { log, part } = recorded();
    const lifecycle = make();
    lifecycle.add(part("a"), part("b", { stop: () => void log.push(`-b ${lifecycle.signal.aborted}`) }));
    await lifecycle.start();
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(log).to.deep.equal(["+a", "+b", "-b true", "-a"]);
    await lifecycle.done;
  });

  it("stops what was started when a start fails, and throws its error", async () => {
    const { log, part } = recorded();
    const lifecycle = make();
    const boom = new FatalError("boom");
    lifecycle.add(part("a"), part("b", { start: () => Promise.reject(boom) }), part("c"));
    expect(await errorOf(() => lifecycle.start())).to.equal(boom);
    expect(log).to.deep.equal(["+a", "-b", "-a"]);
    expect(await errorOf(() => lifecycle.done)).to.equal(boom);
  });

  it("does not wait for ever for a component, nor stop at one that fails to stop", async () => {
    const { log, part } = recorded();
    const lifecycle = make(0.05);
    lifecycle.add(
      part("a"),
      part("stuck", { stop: () => new Promise(() => {}) }),
      part("bad", { stop: () => Promise.reject(new Error("no")) }),
    );
    await lifecycle.start();
    await lifecycle.stop();
    expect(log.at(-1)).to.equal("-a");
    expect((await errorOf(() => lifecycle.done)).message).to.equal("no");
  });

  it("maps how it ended to exit codes: signal 0, fatal 1, retryable 75, second signal 1", async () => {
    const run = async (
      act: (signals: EventEmitter, lifecycle: ReturnType<typeof make>) => void,
      stop?: Component["stop"],
    ) => {
      const signals = new EventEmitter();
      const lifecycle = make(5);
      lifecycle.add({ name: "x", ...(stop && { stop }) });
      const code = runUntilStopped(lifecycle, { logger: silentLogger, signals });
      setTimeout(() => act(signals, lifecycle), 10);
      return code;
    };
    expect(await run((signals) => signals.emit("SIGTERM", "SIGTERM"))).to.equal(0);
    expect(await run((_, lifecycle) => lifecycle.fail(new FatalError("x")))).to.equal(1);
    expect(await run((_, lifecycle) => lifecycle.fail(new RetryableError("x")))).to.equal(75);
    const twice = (signals: EventEmitter) => {
      signals.emit("SIGINT", "SIGINT");
      signals.emit("SIGINT", "SIGINT");
    };
    expect(await run(twice, () => new Promise(() => {}))).to.equal(1);
    expect(exitCodeOf(new Error("unforeseen"))).to.equal(1);
  });

  it("treats a start that a signal interrupted as stopped, not failed", async () => {
    const signals = new EventEmitter();
    const lifecycle = make();
    lifecycle.add({ name: "slow", start: (signal) => systemClock.sleep(5_000, signal) });
    const code = runUntilStopped(lifecycle, { logger: silentLogger, signals });
    setTimeout(() => signals.emit("SIGTERM", "SIGTERM"), 10);
    expect(await code).to.equal(0);
  });
});

describe("createLoop", () => {
  it("goes on after errors with longer and longer waits, and stops at a fatal one", async () => {
    const waits: number[] = [];
    const clock: Clock = { now: () => 0, sleep: async (ms) => void waits.push(ms) };
    const failures: unknown[] = [];
    let round = 0;
    const fatal = new FatalError("enough");
    const loop = createLoop({
      ...quiet(),
      name: "test",
      seconds: 1,
      clock,
      fail: (error) => failures.push(error),
      work: async () => {
        round += 1;
        if (round === 1) return "again";
        if (round < 5) throw new Error("flaky");
        if (round > 6) throw fatal;
        return undefined;
      },
    });
    loop.start?.(new AbortController().signal);
    while (failures.length === 0) await systemClock.sleep(1);
    await loop.stop?.();
    expect(failures).to.deep.equal([fatal]);
    expect(waits).to.have.length(5);
    expect(waits[0]).to.be.within(500, 1_000);
    expect(waits[2]).to.be.within(2_000, 4_000);
    expect(waits[3]).to.equal(1_000);
  });

  it("wakes before its time, and stops while it sleeps", async () => {
    let rounds = 0;
    const loop = createLoop({ ...quiet(), name: "test", seconds: 60, work: async () => void rounds++ });
    loop.start?.(new AbortController().signal);
    while (rounds < 1) await systemClock.sleep(1);
    loop.wake();
    while (rounds < 2) await systemClock.sleep(1);
    await loop.stop?.();
    expect(rounds).to.equal(2);
  });

  it("never waits longer than a minute", () => {
    expect(backOff(1_000, 50, () => 1)).to.equal(60_000);
    expect(backOff(1_000, 1, () => 0)).to.equal(500);
  });

  it("[untilAborted] gives up waiting when the signal aborts", async () => {
    const stop = new AbortController();
    const waiting = untilAborted(new Promise(() => {}), stop.signal);
    stop.abort(new Error("stop"));
    expect((await errorOf(() => waiting)).message).to.equal("stop");
    expect(await untilAborted(Promise.resolve(7), new AbortController().signal)).to.equal(7);
    await errorOf(() => untilAborted(Promise.resolve(7), stop.signal));
  });
});

describe("createLruCache", () => {
  it("makes a value once, closes the oldest, and only when nobody uses it", async () => {
    const log: string[] = [];
    const cache = createLruCache<string>(1, (value) => void log.push(`-${value}`));
    const make = (name: string) => async () => {
      log.push(`+${name}`);
      return name;
    };
    await Promise.all([
      cache.use("a", make("a"), () => systemClock.sleep(20)),
      cache.use("a", make("a"), () => {}),
    ]);
    const slow = cache.use("a", make("a"), () => systemClock.sleep(30).then(() => void log.push("a done")));
    await cache.use("b", make("b"), () => {});
    await slow;
    await cache.clear();
    expect(log).to.deep.equal(["+a", "+b", "a done", "-a", "-b"]);
  });

  it("does not keep what could not be made", async () => {
    const cache = createLruCache<number>(2);
    await errorOf(() =>
      cache.use(
        "x",
        () => Promise.reject(new Error("no")),
        () => {},
      ),
    );
    expect(
      await cache.use(
        "x",
        async () => 3,
        (value) => value,
      ),
    ).to.equal(3);
  });
});
