// How commitments are going to end, and what a monitor calls somebody for.
import { expect } from "chai";
import { type Finding, findingsOf, type Observations } from "../../../node/strategy/findings.ts";
import { disputeOutlook, outlookOf } from "../../../node/strategy/forecasts.ts";
import type { Judgement } from "../../../node/strategy/judgement.ts";
import { commitmentView, disputeView, id, now, requestView, tier } from "./views.ts";

const bound = { traceRoot: id(0xee), boundAt: now - 4n };
// The first move is the worker's until it has bound its trace; from then on the challenger's.
const workersTurn = (age: bigint) => commitmentView({ disputes: [disputeView({ lastMoveAt: now - age })] });
const challengersTurn = (age: bigint) =>
  commitmentView({
    binding: { ...bound, boundAt: now - age },
    disputes: [disputeView({ lastMoveAt: now - age - 1n })],
  });
const because = (view: ReturnType<typeof commitmentView>, judgement: Judgement) => {
  const { forecast, because: reason } = outlookOf(view, judgement, now);
  return reason ?? forecast;
};

describe("forecasts", () => {
  it("say against where a wrong answer is unchallenged in the second half of its window", () => {
    const left = (deadline: bigint) =>
      because(commitmentView({ request: requestView("committed", { deadline }) }), "invalid");
    expect(left(now + 60n)).to.equal("unknown");
    expect(left(now + 59n)).to.equal("unchallenged");
    expect(left(now - 1n)).to.equal("unchallenged");
  });

  it("say against where the side that should win has less than two floors left", () => {
    const late = BigInt(100 - 2 * tier.floorSeconds);
    expect(because(workersTurn(late), "valid")).to.equal("agrees");
    expect(because(workersTurn(late + 1n), "valid")).to.equal("workerLate");
    expect(because(workersTurn(200n), "valid")).to.equal("workerLate");
    expect(because(workersTurn(200n), "invalid")).to.equal("agrees");
    expect(because(challengersTurn(late), "invalid")).to.equal("agrees");
    expect(because(challengersTurn(late + 1n), "invalid")).to.equal("challengerLate");
    expect(because(challengersTurn(late + 1n), "valid")).to.equal("agrees");
  });

  it("need only one challenger that is in time", () => {
    const { disputes, ...rest } = challengersTurn(90n);
    const other = disputeView({ lastMoveAt: now - 5n, rooted: true, node: id(8) }, { disputeId: id(33) });
    expect(because({ ...rest, disputes: [...disputes, other] }, "invalid")).to.equal("agrees");
  });

  it("say what has ended wrong", () => {
    const ended = (status: "finalized" | "slashed" | "refunded", judgement: Judgement) =>
      because(commitmentView({ request: requestView(status) }), judgement);
    expect(ended("finalized", "invalid")).to.equal("finalizedWrong");
    expect(ended("finalized", "valid")).to.equal("agrees");
    expect(ended("slashed", "valid")).to.equal("slashedRight");
    expect(ended("slashed", "invalid")).to.equal("agrees");
    expect(ended("refunded", "invalid")).to.equal("unknown");
  });

  it("say nothing about what this machine has not made out", () => {
    for (const judgement of ["unchecked", "unconfirmed", "unavailable", "contradiction"] as const)
      expect(because(workersTurn(200n), judgement)).to.equal("unknown");
  });

  it("tell whose turn it is and how much of it is left", () => {
    const view = workersTurn(30n);
    const [dispute] = view.disputes;
    expect(disputeOutlook(dispute!, view, "valid", now)).to.deep.equal({
      turn: "worker",
      left: 70,
      forecast: "agrees",
    });
  });
});

describe("findings", () => {
  const well: Observations = {
    now,
    headAgeSeconds: 12,
    maxHeadAgeSeconds: 300,
    endpointsAgree: true,
    solvency: { balance: 5n, byEvents: 5n, byViews: 5n, creditByEvents: 2n, creditByViews: 2n },
    against: [],
    clocks: [{ disputeId: id(3), side: "worker", left: 40, floorSeconds: 20 }],
    coverage: 1,
    contradictions: [],
    missingInputs: [],
    slashes: [],
    flips: [],
    pausedUntil: 0n,
    proposal: undefined,
  };
  const told = (change: Partial<Observations>) =>
    findingsOf({ ...well, ...change }).map(({ severity, kind }: Finding) => `${severity} ${kind}`);
  const solvency = (change: Partial<Observations["solvency"]>) =>
    told({ solvency: { ...well.solvency, ...change } });

  it("are none while all is well", () => {
    expect(told({})).to.deep.equal([]);
    expect(told({ headAgeSeconds: 300, maxHeadAgeSeconds: 300 })).to.deep.equal([]);
    expect(told({ headAgeSeconds: 9_999, maxHeadAgeSeconds: 0 })).to.deep.equal([]);
  });

  it("I-01: page when the vault has less than either book says, to the last unit", () => {
    expect(solvency({ balance: 4n })).to.deep.equal(["page insolvent", "page insolvent"]);
    expect(solvency({ byViews: 6n })).to.deep.equal(["page insolvent"]);
    expect(solvency({ byEvents: 6n, byViews: undefined })).to.deep.equal(["page insolvent"]);
    expect(solvency({ balance: 6n, byViews: undefined })).to.deep.equal(["warn donated"]);
    expect(solvency({ creditByViews: 3n })).to.deep.equal(["page creditDiffers"]);
  });

  it("page for everything that is going wrong", () => {
    expect(told({ against: [{ commitId: id(1), because: "finalizedWrong" }] })).to.deep.equal([
      "page finalizedWrong",
    ]);
    expect(told({ against: [{ commitId: id(1), because: "slashedRight" }] })).to.deep.equal([
      "page slashedRight",
    ]);
    expect(told({ against: [{ commitId: id(1), because: "unchallenged" }] })).to.deep.equal([
      "page forecastAgainst",
    ]);
    const clock = { disputeId: id(3), side: "worker", left: 39, floorSeconds: 20 } as const;
    expect(told({ clocks: [clock] })).to.deep.equal(["page clockLow"]);
    expect(told({ coverage: 0.99 })).to.deep.equal(["page coverageLow"]);
    expect(told({ contradictions: [id(1)] })).to.deep.equal(["page contradiction"]);
    expect(told({ endpointsAgree: false })).to.deep.equal(["page endpointsDisagree"]);
    expect(told({ headAgeSeconds: 301 })).to.deep.equal(["page headOld"]);
    expect(told({ flips: [id(1)] })).to.deep.equal(["page guardianFlip"]);
    expect(told({ proposal: { version: 2, activeFrom: now } })).to.deep.equal(["page parametersProposed"]);
  });

  it("warn of what can wait", () => {
    expect(told({ missingInputs: [id(1)] })).to.deep.equal(["warn inputMissing"]);
    expect(told({ slashes: [{ commitId: id(1), settleableAt: now }] })).to.deep.equal(["warn slashPending"]);
    expect(told({ pausedUntil: now })).to.deep.equal(["warn paused"]);
    expect(told({ pausedUntil: now - 1n })).to.deep.equal([]);
  });
});
