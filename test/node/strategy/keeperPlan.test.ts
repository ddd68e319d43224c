// What the keeper pokes, and that it pokes nothing a second too early.
import { expect } from "chai";
import { keeperPlan } from "../../../node/strategy/keeperPlan.ts";
import type { CommitmentView, RequestView } from "../../../node/strategy/views.ts";
import { commitmentView, disputeView, id, now, requestView } from "./views.ts";

const plan = (state: { requests?: RequestView[]; commitments?: CommitmentView[]; at?: bigint }) =>
  keeperPlan({ now: state.at ?? now, requests: state.requests ?? [], commitments: state.commitments ?? [] });

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
});
