// How a watchtower plays its disputes: down to the element, and to the last payment.
import { child, EMPTY, OUTPUT_ROOT, type Position, TRACE_ROOT } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { WatchedCommitment } from "../../../node/strategy/watchtowerPlan.ts";
import { commitmentView, disputeView, id, now, requestView } from "./views.ts";
import { cheater, commitId, convicted, disputeId, own, plan, watched } from "./watched.ts";

describe("watchtowerPlan in its own disputes", () => {
  const deadline = now + 96n;

  it("waits for the worker, and times it out after its deadline", () => {
    expect(plan([watched({ disputes: [disputeView({ lastMoveAt: now - 100n })] })])).to.deep.equal([]);
    expect(plan([watched({ disputes: [disputeView({ lastMoveAt: now - 101n })] })])).to.deep.equal([
      { kind: "timeout", disputeId },
    ]);
  });

  it("computes its own trace before its first choice", () => {
    const actions = plan([watched({ trace: undefined, disputes: [disputeView()], shown: [TRACE_ROOT] })]);
    expect(actions).to.deep.equal([{ kind: "trace", commitId, deadline }]);
  });

  it("descends into the first difference down to the element", () => {
    const tensor = child(TRACE_ROOT, 2);
    const tile = child(tensor, ((700 % 256) * 8 + Math.floor(700 / 256)) >> 8); // channel-last layout of [1, 8, 16, 16]
    const path = [TRACE_ROOT, tensor, tile];
    const at = (depth: number): WatchedCommitment => {
      const position = path[depth]!;
      const reveal = { kind: "inner" as const, revealedAt: now - 4n };
      const dispute = disputeView({ position, rooted: depth > 0, node: cheater.node(position) }, { reveal });
      return watched({ disputes: [dispute], shown: path.slice(0, depth + 1) });
    };
    const [root, inner, leaf] = [0, 1, 2].map((depth) => plan([at(depth)])[0]!);
    const node = (position: Position) => cheater.node(position);
    expect(root).to.deep.equal({
      kind: "choose",
      disputeId,
      node: node(TRACE_ROOT),
      children: cheater.children(TRACE_ROOT),
      index: 2,
      deadline,
    });
    expect(inner).to.deep.include({ kind: "choose", node: node(tensor), index: Number(tile.path & 15n) });
    expect(leaf).to.deep.include({ kind: "proveStep", node: node(tile) });
  });

  it("goes into the output when the trace is right", () => {
    const shown = new Map([[own.traceRoot, own.reveal(TRACE_ROOT)]]);
    const bound = { traceRoot: own.traceRoot, boundAt: now - 4n };
    const view = watched({ disputes: [disputeView()], binding: bound, revealed: (node) => shown.get(node) });
    expect(plan([view])).to.deep.equal([{ kind: "chooseOutput", disputeId, deadline }]);
    const inOutput = disputeView({ rooted: true, position: OUTPUT_ROOT, node: id(0xbad) });
    expect(plan([{ ...view, disputes: [inOutput] }])).to.deep.equal([]);
  });

  it("waits when the events lag behind the chain", () => {
    const position = child(TRACE_ROOT, 2);
    const reveal = { kind: "inner" as const, revealedAt: now - 4n };
    const dispute = disputeView({ position, rooted: true, node: cheater.node(position) }, { reveal });
    expect(
      plan([watched({ disputes: [dispute], binding: { traceRoot: cheater.traceRoot, boundAt: now - 4n } })]),
    ).to.deep.equal([]);
    expect(plan([watched({ disputes: [dispute], shown: [TRACE_ROOT] })])).to.deep.equal([]);
  });

  it("proves data where padding belongs, without a reveal", () => {
    const position = child(TRACE_ROOT, 12);
    const dispute = disputeView({ position, rooted: true, node: id(0xd) });
    const children = [...cheater.children(TRACE_ROOT)];
    children[12] = id(0xd);
    const view = watched({
      disputes: [dispute],
      shown: [TRACE_ROOT],
      revealed: () => ({ kind: "inner", children }),
    });
    expect(plan([view])).to.deep.equal([]); // not revealed: the worker's turn
    const answered = disputeView(
      { position, rooted: true, node: id(0xd) },
      { reveal: { kind: "inner", revealedAt: now } },
    );
    expect(plan([{ ...view, disputes: [answered] }])).to.have.nested.property("[0].kind", "proveStep");
  });

  it("stops moving when it no longer believes in its challenge", () => {
    const position = child(TRACE_ROOT, 2);
    const dispute = disputeView(
      { position, rooted: true, node: cheater.node(position) },
      { reveal: { kind: "inner", revealedAt: now - 4n } },
    );
    const doubtful = watched({
      disputes: [dispute],
      shown: [TRACE_ROOT, position],
      evidence: { ...convicted, reference: id(5) },
    });
    expect(plan([doubtful])).to.deep.equal([{ kind: "alarm", reason: "contradiction", commitId }]);
  });

  it("settles the slash after the airgap, then its own dispute, once", () => {
    const { state } = requestView("slashed");
    const slashed = { ...commitmentView({}).commitment, slashedAt: now - 30n };
    const won = disputeView({ status: "won" });
    const ended = watched({ state, commitment: slashed, disputes: [won] });
    expect(plan([ended])).to.deep.equal([]);
    expect(plan([ended], { now: now + 1n })).to.deep.equal([{ kind: "settle", commitId }]);
    const distributed = { ...ended, commitment: { ...slashed, settled: true } };
    expect(plan([distributed])).to.deep.equal([{ kind: "settleDispute", disputeId }]);
    expect(plan([{ ...distributed, disputes: [{ ...won, settled: true }] }])).to.deep.equal([]);
    const lost = { ...distributed, disputes: [disputeView({ status: "lost" })] };
    expect(plan([lost])).to.deep.equal([]);
  });

  it("takes its bond back after a refund", () => {
    const { state } = requestView("refunded");
    expect(plan([watched({ state, disputes: [disputeView({ status: "void" })] })])).to.deep.equal([
      { kind: "settleDispute", disputeId },
    ]);
  });

  it("never takes an empty node for the worker's turn", () => {
    const position = child(TRACE_ROOT, 2);
    const children = [...cheater.children(TRACE_ROOT)];
    children[2] = EMPTY;
    const dispute = disputeView({ position, rooted: true, node: EMPTY });
    const view = watched({
      disputes: [dispute],
      shown: [TRACE_ROOT],
      revealed: () => ({ kind: "inner", children }),
    });
    expect(plan([view])).to.have.nested.property("[0].kind", "proveStep");
  });
});
