// The rhythm of roles: nothing twice at once, failures ever later, draining to the end.
import { expect } from "chai";
import { systemClock } from "../../../node/clock.ts";
import { createDeferred } from "../../../node/deferred.ts";
import { FatalError } from "../../../node/errors.ts";
import { createRole, type RoleOptions } from "../../../node/roles/role.ts";
import { quiet } from "../../helpers/nodeParts.ts";

const role = (options: Partial<RoleOptions<string>>) =>
  createRole<string>({
    ...quiet(),
    name: "test",
    seconds: 1,
    plan: async () => ["move"],
    act: async () => {},
    keyOf: (action) => action,
    ...options,
  });

/** A clock that stands still until it is told. */
function handClock() {
  let milliseconds = 0;
  return {
    clock: { now: () => milliseconds, sleep: async () => {} },
    pass: (seconds: number) => {
      milliseconds += seconds * 1_000;
    },
  };
}

describe("createRole", () => {
  it("does not start what is running", async () => {
    const gate = createDeferred<void>();
    const { clock, pass } = handClock();
    const one = role({ act: () => gate.promise, clock });
    expect(await one.tick()).to.deep.equal(["move"]);
    pass(60);
    expect(await one.tick()).to.deep.equal([]);
    gate.resolve();
    await one.settled();
    pass(1);
    expect(await one.tick()).to.deep.equal(["move"]);
  });

  it("plans once for many things that end while others go on, and at once when nothing does", async () => {
    const gates = Array.from({ length: 50 }, () => createDeferred<void>());
    const sleeps: { milliseconds: number; end(): void }[] = [];
    let milliseconds = 0;
    let plans = 0;
    const one = role({
      plan: async () => {
        plans += 1;
        milliseconds += 20;
        return gates.map((_, index) => String(index));
      },
      act: (index) => gates[Number(index)]!.promise,
      clock: {
        now: () => milliseconds,
        sleep: (asked, signal) =>
          new Promise((resolve, reject) => {
            signal?.addEventListener("abort", reject);
            sleeps.push({ milliseconds: asked, end: resolve });
          }),
      },
    });
    const quietly = () => new Promise((resolve) => setImmediate(resolve));
    const stopping = new AbortController();
    await one.start?.(stopping.signal);
    await quietly();
    for (const gate of gates.slice(2)) {
      gate.resolve();
      await quietly();
    }
    expect(plans).to.equal(1);
    expect(sleeps.map((sleep) => sleep.milliseconds)).to.deep.equal([1_000, 60]);
    sleeps[1]!.end();
    await quietly();
    expect(plans).to.equal(2);
    gates[0]!.resolve();
    await quietly();
    expect(plans).to.equal(2);
    gates[1]!.resolve();
    await quietly();
    expect(plans).to.equal(3);
    stopping.abort();
    await one.stop?.();
  });

  it("leaves the chain a round to show what was done", async () => {
    const { clock, pass } = handClock();
    const one = role({ clock });
    await one.tick();
    await one.settled();
    expect(await one.tick()).to.deep.equal([]);
    pass(1);
    expect(await one.tick()).to.deep.equal(["move"]);
  });

  it("tries what failed again, later each time, and never later than five rounds", async () => {
    const { clock, pass } = handClock();
    let attempts = 0;
    const one = role({
      clock,
      act: async () => {
        attempts += 1;
        throw new Error("no luck");
      },
    });
    const roundsBetween: number[] = [];
    for (let round = 0, last = 0; attempts < 8; round++, pass(1)) {
      const before = attempts;
      await one.tick();
      await one.settled();
      if (attempts === before) continue;
      roundsBetween.push(round - last);
      last = round;
    }
    expect(roundsBetween).to.deep.equal([0, 1, 2, 3, 4, 5, 5, 5]);
  });

  it("forgets failures of what is no longer due", async () => {
    const { clock } = handClock();
    const plans = [["a"], [], ["a"]];
    const started: string[] = [];
    const one = role({
      clock,
      plan: async () => plans.shift() ?? [],
      act: async (action) => {
        started.push(action);
        throw new Error("no luck");
      },
    });
    for (let round = 0; round < 3; round++) {
      await one.tick();
      await one.settled();
    }
    expect(started).to.deep.equal(["a", "a"]);
  });

  it("does one thing although another fails", async () => {
    const done: string[] = [];
    const one = role({
      plan: async () => ["bad", "good"],
      act: async (action) => {
        if (action === "bad") throw new Error("no luck");
        done.push(action);
      },
    });
    await one.tick();
    await one.settled();
    expect(done).to.deep.equal(["good"]);
  });

  it("gives fatal errors to whoever stops the node", async () => {
    const failures: unknown[] = [];
    const fatal = new FatalError("cannot go on");
    const one = role({ act: () => Promise.reject(fatal), fail: (error) => failures.push(error) });
    await one.tick();
    await one.settled();
    expect(failures).to.deep.equal([fatal]);
  });

  it("drains until nothing is open and nothing runs", async () => {
    let open = 1;
    let told = false;
    const one = role({
      plan: async () => [],
      isIdle: () => open === 0,
      onDrain: () => {
        told = true;
      },
    });
    let drained = false;
    const draining = one.drain().then(() => {
      drained = true;
    });
    expect(told).to.equal(true);
    await one.tick();
    expect(drained).to.equal(false);
    open = 0;
    await one.tick();
    await draining;
    expect(drained).to.equal(true);
  });

  it("stops: its actions see the signal, and it waits for them", async () => {
    const { clock } = handClock();
    let aborted = false;
    const acting = createDeferred<void>();
    const one = role({
      clock: { ...systemClock, now: clock.now },
      act: (_, signal) =>
        new Promise((resolve) => {
          acting.resolve();
          signal.addEventListener("abort", () => {
            aborted = true;
            resolve();
          });
        }),
    });
    await one.start?.(new AbortController().signal);
    await acting.promise;
    await one.stop?.();
    expect(aborted).to.equal(true);
  });
});
