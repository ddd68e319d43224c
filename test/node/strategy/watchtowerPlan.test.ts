import { TRACE_ROOT } from "@assay/sdk/protocol";
import { expect } from "chai";
import { disputeGas, remainingGas } from "../../../node/strategy/budget.ts";
import { commitmentView, disputeView, friend, id, now, programId, requestView, tier } from "./views.ts";
import { commitId, convicted, evidence, own, plan, state, watched } from "./watched.ts";

describe("watchtowerPlan", () => {
  const until = now + 120n;

  it("checks, confirms, then challenges", () => {
    const steps = [evidence({}), evidence({ fast: own.outputRoot }), convicted].map((given) =>
      plan([watched({ evidence: given })]),
    );
    expect(steps).to.deep.equal([
      [{ kind: "check", commitId, until }],
      [{ kind: "confirm", commitId, until }],
      [{ kind: "challenge", commitId, bond: 50n, attempt: 0, until }],
    ]);
  });

  it("executes a few at a time, those whose window ends first", () => {
    const views = [90n, 70n, 80n].map((left, index) =>
      watched({
        commitId: id(40 + index),
        evidence: evidence({}),
        state: requestView("committed", { deadline: now + left }).state,
      }),
    );
    expect(plan(views)).to.deep.equal([
      { kind: "check", commitId: id(41), until: now + 70n },
      { kind: "check", commitId: id(42), until: now + 80n },
    ]);
  });

  it("lets right answers alone", () => {
    const right = commitmentView({ commitment: { outputRoot: own.outputRoot } }).commitment;
    expect(
      plan([watched({ commitment: right, evidence: evidence({ fast: own.outputRoot }) })]),
    ).to.deep.equal([]);
  });

  it("retries what was unavailable, and never challenges it", () => {
    const later = watched({ evidence: evidence({ retryAt: now + 1n }) });
    expect(plan([later])).to.deep.equal([]);
    expect(plan([later], { now: now + 1n })).to.deep.equal([{ kind: "check", commitId, until }]);
  });

  it("is not silent about an answer that looks wrong and could not be confirmed", () => {
    const later = watched({ evidence: evidence({ fast: own.outputRoot, retryAt: now + 1n }) });
    const alarm = { kind: "alarm", reason: "unchallenged", commitId, because: "unconfirmed" };
    expect(plan([later])).to.deep.equal([alarm]);
    expect(plan([later], { now: now + 1n })).to.deep.equal([alarm, { kind: "confirm", commitId, until }]);
  });

  it("alarms and does not act when it contradicts itself", () => {
    const alarm = [{ kind: "alarm", reason: "contradiction", commitId }];
    expect(plan([watched({ evidence: { ...convicted, reference: id(5) } })])).to.deep.equal(alarm);
    expect(plan([watched({ evidence: { ...convicted, seen: [id(5)] } })])).to.deep.equal(alarm);
  });

  for (const missing of ["endpointsAgree", "headFresh"] as const) {
    const health = { ...state([]).health, [missing]: false };
    const alarm = { kind: "alarm", reason: "unhealthy", missing };

    it(`begins nothing new without ${missing}`, () => {
      const asked = watched({ commitId: id(21), requestId: id(22), evidence: evidence({}), inputBond: 5n });
      const inputs = {
        missing: new Map([[asked.requestId, { tries: 9, retryAt: now + 9n }]]),
        asked: new Map(),
      };
      expect(plan([watched(), asked], { health, inputs, credit: 9n })).to.deep.equal([
        alarm,
        { kind: "alarm", reason: "unchallenged", commitId, because: "unhealthy" },
        { kind: "alarm", reason: "inputMissing", commitId: asked.commitId, because: "unhealthy" },
      ]);
    });

    it(`goes on with its own disputes without ${missing}`, () => {
      const late = watched({ disputes: [disputeView({ lastMoveAt: now - 500n })] });
      expect(plan([late], { health })).to.deep.equal([alarm, { kind: "timeout", disputeId: id(3) }]);
      const root = TRACE_ROOT;
      const first = watched({ disputes: [disputeView({ lastMoveAt: now - 5n })], shown: [root] });
      expect(plan([first], { health }).map(({ kind }) => kind)).to.deep.equal(["alarm", "choose"]);
    });
  }

  it("judges no answer of a program on which its self-test failed", () => {
    const distrusted = new Set([programId]);
    const alarm = { kind: "alarm", reason: "selfTest", programId };
    const views = [watched(), watched({ commitId: id(40), evidence: evidence({}) })];
    expect(plan(views, { distrusted })).to.deep.equal([alarm]);
    const late = disputeView({ lastMoveAt: now - 101n });
    expect(plan([watched({ disputes: [late] })], { distrusted })).to.deep.equal([
      alarm,
      { kind: "timeout", disputeId: id(3) },
    ]);
  });

  it("challenges inside the window only, and early enough", () => {
    const at = (deadline: bigint) => plan([watched({ state: requestView("committed", { deadline }).state })]);
    expect(at(now + 5n)).to.have.nested.property("[0].kind", "challenge");
    expect(at(now + 4n)).to.deep.equal([
      { kind: "alarm", reason: "unchallenged", commitId, because: "late" },
    ]);
    expect(at(now - 1n)).to.deep.equal([]);
  });

  it("spends each bond once, on the window that ends first", () => {
    const second = watched({
      commitId: id(20),
      state: requestView("committed", { deadline: now + 60n }).state,
    });
    const actions = plan([watched(), second], { wallet: 99n, credit: 7n });
    expect(actions).to.deep.equal([
      { kind: "challenge", commitId: id(20), bond: 50n, attempt: 0, until: now + 60n },
      { kind: "alarm", reason: "unchallenged", commitId, because: "bond" },
      { kind: "claimCredit", credit: 7n },
    ]);
  });

  it("counts bonds at risk against the budget", () => {
    const playing = watched({ commitId: id(20), disputes: [disputeView({}, { disputeId: id(30) })] });
    const actions = plan([playing, watched()], {}, { bondBudget: 99n });
    expect(actions).to.deep.equal([{ kind: "alarm", reason: "unchallenged", commitId, because: "bond" }]);
  });

  it("reports and checks without sending anything when it may not challenge", () => {
    const alarm = { kind: "alarm", reason: "unchallenged", commitId, because: "disabled" };
    const late = watched({ commitId: id(20), disputes: [disputeView({ lastMoveAt: now - 500n })] });
    const unchecked = watched({ commitId: id(30), evidence: evidence({}) });
    expect(plan([watched(), late, unchecked], {}, { challenge: false })).to.deep.equal([
      alarm,
      { kind: "check", commitId: id(30), until },
    ]);
  });

  it("keeps gas back for the disputes that are open before it begins another", () => {
    const open = watched({ commitId: id(20), disputes: [disputeView({}, { disputeId: id(30) })] });
    const needed = remainingGas(disputeView(), tier) + disputeGas(tier);
    expect(plan([open, watched()], { coins: needed })).to.have.nested.property("[0].kind", "challenge");
    expect(plan([open, watched()], { coins: needed - 1n })).to.deep.equal([
      { kind: "alarm", reason: "unchallenged", commitId, because: "gas" },
    ]);
    const spent = { spentToday: 7n };
    expect(plan([open, watched()], spent, { gasBudget: needed + 7n })).to.have.nested.property(
      "[0].kind",
      "challenge",
    );
    expect(plan([open, watched()], spent, { gasBudget: needed + 6n })).to.deep.equal([
      { kind: "alarm", reason: "unchallenged", commitId, because: "gasBudget" },
    ]);
    expect(plan([open, watched()], {}, { mostDisputes: 1 })).to.deep.equal([
      { kind: "alarm", reason: "unchallenged", commitId, because: "disputes" },
    ]);
  });

  it("challenges first where most is at risk", () => {
    const dear = watched({ commitId: id(20), ...requestOf(10_000n, 119n) });
    const actions = plan([watched(), dear], { wallet: 99n });
    expect(actions.map((action) => ["commitId" in action && action.commitId, action.kind])).to.deep.equal([
      [id(20), "challenge"],
      [commitId, "alarm"],
    ]);
  });

  it("checks by deadline while there is time, and leaves the cheapest out where there is not", () => {
    const views = [30n, 40n, 50n].map((left, index) =>
      watched({
        commitId: id(40 + index),
        evidence: evidence({}),
        ...requestOf(index === 2 ? 10_000n : 100n, left),
      }),
    );
    const order = (seconds: number) =>
      plan(views, { checkSeconds: new Map([[programId, seconds]]) }, { parallelChecks: 9 }).map(
        (action) => "commitId" in action && Number(action.commitId),
      );
    expect(order(10)).to.deep.equal([40, 41, 42]);
    expect(order(30)).to.deep.equal([42, 40, 41]);
  });

  it("confirms what looks wrong before it checks anything else", () => {
    const early = watched({ commitId: id(41), evidence: evidence({}), ...requestOf(10_000n, 20n) });
    const suspect = watched({ commitId: id(42), evidence: evidence({ fast: own.outputRoot }) });
    expect(plan([early, suspect]).map(({ kind }) => kind)).to.deep.equal(["confirm", "check"]);
  });

  it("opens its own dispute whoever else has one (S-13)", () => {
    const friends = [disputeView({ challenger: friend })];
    expect(plan([watched({ disputes: friends })])).to.have.nested.property("[0].kind", "challenge");
  });

  it("challenges again after a dispute that it lost", () => {
    const lost = [disputeView({ status: "lost" })];
    expect(plan([watched({ disputes: lost })])).to.deep.equal([
      { kind: "challenge", commitId, bond: 50n, attempt: 1, until },
    ]);
  });

  it("does not challenge what the judge has found it wrong about", () => {
    const alarm = { kind: "alarm", reason: "unchallenged", commitId, because: "refuted" };
    expect(plan([watched()], { refuted: new Set([programId]) })).to.deep.equal([alarm]);
  });

  it("leaves retired programs to a refund", () => {
    expect(plan([watched({ retired: true })])).to.deep.equal([]);
    expect(plan([watched({ retired: true, disputes: [disputeView()] })])).to.deep.equal([
      { kind: "refundRetired", requestId: id(1) },
    ]);
  });
});

const requestOf = (fee: bigint, left: bigint) => {
  const { request, state: status } = requestView("committed", { fee, deadline: now + left });
  return { request, state: status };
};
