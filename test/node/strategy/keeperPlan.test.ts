// What the keeper pokes, and that it pokes nothing a second too early.
import type { FinalityLevel, RequestStatus } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { AskedInput } from "../../../node/strategy/inputPlan.ts";
import { type KeeperLimits, keeperPlan, type PendingDelivery } from "../../../node/strategy/keeperPlan.ts";
import type { CommitmentView, RequestView } from "../../../node/strategy/views.ts";
import { commitmentView, disputeView, id, now, requestView } from "./views.ts";

const limits: KeeperLimits = { patienceSeconds: 0, mostTries: 3 };

type Said = {
  requests?: RequestView[];
  commitments?: CommitmentView[];
  deliveries?: PendingDelivery[];
  asked?: AskedInput[];
  at?: bigint;
};

const plan = ({ at = now, ...said }: Said, changed: Partial<KeeperLimits> = {}) =>
  keeperPlan(
    { now: at, requests: [], commitments: [], deliveries: [], asked: [], ...said },
    { ...limits, ...changed },
  );

describe("keeperPlan", () => {
  const requestId = id(1);

  for (const [status, kind] of [
    ["open", "expire"],
    ["claimed", "timeoutDelivery"],
  ] as const) {
    it(`ends ${status} requests after their deadline, not at it`, () => {
      const requests = [requestView(status, { deadline: now })];
      expect(plan({ requests })).to.deep.equal([]);
      expect(plan({ requests, at: now + 1n })).to.deep.equal([{ kind, requestId }]);
    });
  }

  it("finalizes after the window, not at its end", () => {
    const commitments = [commitmentView({ request: requestView("committed", { deadline: now }) })];
    expect(plan({ commitments })).to.deep.equal([]);
    expect(plan({ commitments, at: now + 1n })).to.deep.equal([{ kind: "finalize", requestId }]);
  });

  it("leaves an answer to its worker for a while", () => {
    const commitments = [commitmentView({ request: requestView("committed", { deadline: now - 9n }) })];
    expect(plan({ commitments }, { patienceSeconds: 9 })).to.deep.equal([]);
    expect(plan({ commitments }, { patienceSeconds: 8 })).to.have.length(1);
  });

  it("leaves a commitment alone while something holds it", () => {
    const asked = requestView("committed", { deadline: now - 1n });
    expect(
      plan({ commitments: [commitmentView({ request: asked, commitment: { holds: 1 } })] }),
    ).to.deep.equal([]);
  });

  it("leaves a commitment alone while a dispute is open", () => {
    const request = requestView("committed", { deadline: now - 1n });
    expect(plan({ commitments: [commitmentView({ request, disputes: [disputeView()] })] })).to.deep.equal([]);
  });

  it("times out whoever is late in a dispute, not at the deadline", () => {
    const request = requestView("committed", { deadline: now - 1n });
    const lateWorker = disputeView({ lastMoveAt: now - 100n });
    const late = commitmentView({ request, disputes: [lateWorker] });
    expect(plan({ commitments: [late] })).to.deep.equal([]);
    const timeout = [{ kind: "timeout", disputeId: id(3) }];
    expect(plan({ commitments: [late], at: now + 1n })).to.deep.equal(timeout);

    const bound = { traceRoot: id(9), boundAt: now - 100n };
    const lateChallenger = disputeView({ lastMoveAt: now - 120n });
    const silent = commitmentView({ request, disputes: [lateChallenger], binding: bound });
    expect(plan({ commitments: [silent] })).to.deep.equal([]);
    expect(plan({ commitments: [silent], at: now + 1n })).to.deep.equal(timeout);
  });

  it("does not time out disputes of a commitment that has ended", () => {
    const request = requestView("slashed");
    const disputes = [disputeView({ status: "void", lastMoveAt: now - 1_000n })];
    const slashed = commitmentView({ request, disputes, commitment: { slashedAt: now } });
    expect(plan({ commitments: [slashed] })).to.deep.equal([]);
  });

  it("settles a slash once, after the airgap", () => {
    const request = requestView("slashed");
    const slashed = commitmentView({ request, commitment: { slashedAt: now - 30n } });
    expect(plan({ commitments: [slashed] })).to.deep.equal([]);
    const settle = [{ kind: "settle", commitId: id(2) }];
    expect(plan({ commitments: [slashed], at: now + 1n })).to.deep.equal(settle);
    const settled = commitmentView({ request, commitment: { slashedAt: now - 30n, settled: true } });
    expect(plan({ commitments: [settled], at: now + 1n })).to.deep.equal([]);
  });

  it("refunds what is bound to a retired program at once", () => {
    const refund = [{ kind: "refundRetired", requestId }];
    const retired = { retired: true };
    expect(plan({ requests: [requestView("claimed", {}, retired)] })).to.deep.equal(refund);
    const committed = commitmentView({ request: requestView("committed", {}, retired) });
    expect(plan({ commitments: [committed] })).to.deep.equal(refund);
    expect(plan({ requests: [requestView("open", {}, retired)] })).to.deep.equal([]);
  });

  const pending = (
    status: RequestStatus,
    level: FinalityLevel,
    parts: Partial<PendingDelivery> = {},
  ): PendingDelivery => ({
    ...requestView(status, { level }),
    ...{ delivered: false, tries: 0, retryAt: 0n },
    ...parts,
  });

  it("calls a consumer at the level that its request names", () => {
    const deliver = [{ kind: "deliver", requestId }];
    expect(plan({ deliveries: [pending("committed", "provisional")] })).to.deep.equal(deliver);
    expect(plan({ deliveries: [pending("committed", "final")] })).to.deep.equal([]);
    expect(plan({ deliveries: [pending("finalized", "final")] })).to.deep.equal(deliver);
    expect(plan({ deliveries: [pending("finalized", "provisional")] })).to.deep.equal(deliver);
    const taken = pending("committed", "provisional", { delivered: true });
    expect(plan({ deliveries: [taken] })).to.deep.equal([]);
    expect(plan({ deliveries: [pending("open", "provisional")] })).to.deep.equal([]);
  });

  it("tells a consumer that there is no result, also one that had taken it provisionally", () => {
    const tell = [{ kind: "deliverFailure", requestId }];
    for (const status of ["slashed", "refunded", "expired", "cancelled"] as const) {
      expect(plan({ deliveries: [pending(status, "final")] })).to.deep.equal(tell);
      const taken = pending(status, "provisional", { delivered: true });
      expect(plan({ deliveries: [taken] })).to.deep.equal(tell);
    }
  });

  it("calls a consumer that fails again later, a few times", () => {
    const failed = pending("finalized", "final", { tries: 1, retryAt: now + 1n });
    expect(plan({ deliveries: [failed] })).to.deep.equal([]);
    expect(plan({ deliveries: [failed], at: now + 1n })).to.have.length(1);
    const hopeless = pending("finalized", "final", { tries: 3 });
    expect(plan({ deliveries: [hopeless] })).to.deep.equal([]);
  });
});
