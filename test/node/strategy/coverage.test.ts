// What is checked and in what order: reproducible, nested, and never the deadline alone.
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import {
  type CoveragePolicy,
  checkOrder,
  coverageRatio,
  type DueCheck,
  draw,
  omissionOf,
} from "../../../node/strategy/coverage.ts";
import { friend, id, now, programId, worker } from "./views.ts";

const everything: CoveragePolicy = { programs: [], workers: [], leastLock: 0n, share: 1 };
const secret = id(0x5ec);
const one = { commitId: id(1), programId, worker, lock: 1_000n };

describe("coverage", () => {
  it("checks everything unless it is told otherwise, and says why it does not", () => {
    const omission = (policy: Partial<CoveragePolicy>) =>
      omissionOf(one, { ...everything, ...policy }, secret);
    expect(omission({})).to.equal(undefined);
    expect(omission({ programs: [id(9)] })).to.equal("program");
    expect(omission({ programs: [id(9), programId] })).to.equal(undefined);
    expect(omission({ workers: [friend] })).to.equal("worker");
    expect(omission({ workers: [worker.toUpperCase().replace("0X", "0x") as Hex] })).to.equal(undefined);
    expect(omission({ leastLock: 1_001n })).to.equal("lock");
    expect(omission({ leastLock: 1_000n })).to.equal(undefined);
    expect(omission({ share: 0 })).to.equal("sample");
  });

  it("draws the same sample again, another one with another secret, each a part of every larger one", () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => id(index));
    const sample = (share: number, by: Hex) =>
      ids.filter((commitId) => omissionOf({ ...one, commitId }, { ...everything, share }, by) === undefined);
    const quarter = sample(0.25, secret);
    expect(quarter).to.deep.equal(sample(0.25, secret));
    expect(quarter.length).to.be.within(400, 600);
    const half = new Set(sample(0.5, secret));
    expect(quarter.every((commitId) => half.has(commitId))).to.equal(true);
    const other = new Set(sample(0.25, id(0x07)));
    expect(quarter.filter((commitId) => other.has(commitId)).length).to.be.within(60, 190);
    expect(draw(id(1), secret)).to.not.equal(draw(id(2), secret));
  });

  it("checks by deadline while everything can be done in time", () => {
    const due = [check(60, 1n, 10), check(20, 5n, 10), check(40, 9n, 10)];
    expect(checkOrder(due, now).map(({ lock }) => lock)).to.deep.equal([5n, 9n, 1n]);
  });

  it("leaves those with little at risk to the end when not everything can be done in time", () => {
    const cheap = Array.from({ length: 50 }, (_, index) => check(10 + index, 1n, 10));
    const dear = check(100, 10_000n, 20);
    const order = checkOrder([...cheap, dear], now);
    expect(order).to.have.length(51);
    expect(order.indexOf(dear)).to.be.lessThan(9);
    const finished = order.slice(0, order.indexOf(dear) + 1).reduce((sum, { seconds }) => sum + seconds, 0);
    expect(finished).to.be.at.most(100);
  });

  it("[property] loses no check, and makes the first ones in time", () => {
    const checks = fc.array(
      fc.record({
        until: fc.bigInt({ min: now, max: now + 500n }),
        lock: fc.bigInt({ min: 0n, max: 10n ** 24n }),
        seconds: fc.double({ min: 0, max: 100, noNaN: true }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(checks, (due) => {
        const order = checkOrder(due, now);
        expect([...order].sort(byAll)).to.deep.equal([...due].sort(byAll));
        const [first] = order;
        const isPossible = due.some(({ until, seconds }) => Number(now) + seconds <= Number(until));
        if (first !== undefined && isPossible)
          expect(Number(now) + first.seconds <= Number(first.until)).to.equal(true);
      }),
    );
  });

  it("is what was checked of what should have been, over the two windows that closed last", () => {
    const closed = (ago: bigint, checked: boolean) => ({ until: now - ago, windowSeconds: 100, checked });
    expect(coverageRatio([], now)).to.equal(1);
    expect(coverageRatio([closed(0n, false), closed(201n, false)], now)).to.equal(1);
    expect(coverageRatio([closed(1n, true), closed(200n, true)], now)).to.equal(1);
    expect(coverageRatio([closed(1n, true), closed(50n, false), closed(200n, false)], now)).to.equal(1 / 3);
  });
});

const check = (left: number, lock: bigint, seconds: number): DueCheck => ({
  until: now + BigInt(left),
  lock,
  seconds,
});

const byAll = (a: DueCheck, b: DueCheck): number =>
  Number(a.until - b.until) ||
  (a.lock < b.lock ? -1 : a.lock > b.lock ? 1 : 0) ||
  Math.sign(a.seconds - b.seconds);
