// What a worker's side shows, when, and once per node; with the traces of a small network.
import { commitProgram, createTrace, execute, type Trace } from "@assay/sdk/program";
import { child, EMPTY, OUTPUT_ROOT, type Position, TRACE_ROOT } from "@assay/sdk/protocol";
import { expect } from "chai";
import { defenderPlan } from "../../../node/strategy/defenderPlan.ts";
import { type DefendedCommitment, replies } from "../../../node/strategy/replies.ts";
import type { DisputeView } from "../../../node/strategy/views.ts";
import { network, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { commitmentView, disputeView, id, now, requestView } from "./views.ts";

const program = network(1);
const input = randomInput(program, new Random(2));
const trace = createTrace(commitProgram(program), input, execute(program, input));
const limits = { patienceSeconds: 0 };
const bound = { traceRoot: trace.traceRoot, boundAt: now - 8n };

const standsAt = (position: Position, rest: Partial<DisputeView["dispute"]> = {}) =>
  disputeView({ rooted: true, position, node: trace.node(position), ...rest });
const commitment = (
  disputes: readonly DisputeView[],
  own: Trace | undefined = trace,
): DefendedCommitment => ({
  ...commitmentView({ disputes, binding: bound, commitment: { outputRoot: trace.outputRoot } }),
  trace: own,
});
const deadline = now + 95n;
const commitId = id(2);

describe("replies", () => {
  it("computes the trace, then binds it", () => {
    const { outputRoot } = trace;
    const challenged = commitmentView({ disputes: [disputeView()], commitment: { outputRoot } });
    expect(replies([{ ...challenged, trace: undefined }], now, limits)).to.deep.equal([
      { kind: "trace", commitId, deadline },
    ]);
    expect(replies([{ ...challenged, trace }], now, limits)).to.deep.equal([
      { kind: "bindTrace", commitId, deadline },
    ]);
  });

  it("reveals inner nodes and tiles, in the trace and in the output", () => {
    const tensor = child(TRACE_ROOT, 0); // 8 tiles of the convolution
    const tile = child(tensor, 3);
    const shown = [tensor, tile, OUTPUT_ROOT].map(
      (position) => replies([commitment([standsAt(position)])], now, limits)[0],
    );
    expect(shown).to.deep.equal([
      { kind: "reveal", commitId, node: trace.node(tensor), position: tensor, deadline },
      { kind: "revealTile", commitId, node: trace.node(tile), position: tile, deadline },
      { kind: "revealTile", commitId, node: trace.node(OUTPUT_ROOT), position: OUTPUT_ROOT, deadline },
    ]);
  });

  it("S-10: shows a node once, however many disputes stand on it, the most urgent first", () => {
    const [first, second] = [child(TRACE_ROOT, 0), child(TRACE_ROOT, 1)];
    const view = commitment([
      standsAt(first, { lastMoveAt: now - 1n }),
      standsAt(first, { lastMoveAt: now - 2n, challenger: id(9) }),
      standsAt(second, { lastMoveAt: now - 30n }),
    ]);
    expect(replies([view], now, limits)).to.deep.equal([
      { kind: "reveal", commitId, node: trace.node(second), position: second, deadline: now + 70n },
      { kind: "reveal", commitId, node: trace.node(first), position: first, deadline: now + 98n },
    ]);
  });

  it("is silent when it is the challenger's turn, also at an empty node", () => {
    const revealed = { reveal: { kind: "inner", revealedAt: now - 1n } } as const;
    const answered = disputeView(
      { rooted: true, position: child(TRACE_ROOT, 0), node: trace.node(child(TRACE_ROOT, 0)) },
      revealed,
    );
    const padding = standsAt(child(TRACE_ROOT, 15));
    expect(padding.dispute.node).to.equal(EMPTY);
    expect(replies([commitment([answered, padding])], now, limits)).to.deep.equal([]);
  });

  it("wastes nothing on a clock that has run out, or on a commitment that has ended", () => {
    const late = standsAt(child(TRACE_ROOT, 0), { lastMoveAt: now - 101n });
    expect(replies([commitment([late])], now, limits)).to.deep.equal([]);
    const atDeadline = standsAt(child(TRACE_ROOT, 0), { lastMoveAt: now - 100n });
    expect(replies([commitment([atDeadline])], now, limits)).to.have.length(1);
    const ended = {
      ...commitment([standsAt(child(TRACE_ROOT, 0))]),
      state: requestView("slashed").state,
    };
    expect(replies([ended], now, limits)).to.deep.equal([]);
  });

  it("does not bind to a trace of another output", () => {
    const challenged = { ...commitmentView({ disputes: [disputeView()] }), trace };
    expect(replies([challenged], now, limits)).to.deep.equal([
      { kind: "alarm", commitId, reason: "foreignOutput", node: id(0x0f) },
    ]);
  });

  it("alarms at a node that it did not compute", () => {
    const foreign = disputeView({ rooted: true, position: child(TRACE_ROOT, 0), node: id(77) });
    expect(replies([commitment([foreign])], now, limits)).to.deep.equal([
      { kind: "alarm", commitId, reason: "foreignNode", node: id(77) },
    ]);
  });
});

describe("defenderPlan", () => {
  it("gives the worker a head start, and still answers", () => {
    const inputs = { missing: new Map(), asked: new Map() };
    const state = { now, commitments: [commitment([standsAt(child(TRACE_ROOT, 0))])], inputs };
    expect(defenderPlan(state, { patienceSeconds: 10 })).to.deep.equal([]);
    expect(defenderPlan({ ...state, now: now + 5n }, { patienceSeconds: 10 })).to.have.length(1);
    expect(defenderPlan({ ...state, now: now + 44n }, { patienceSeconds: 1_000 })).to.deep.equal([]);
    expect(defenderPlan({ ...state, now: now + 45n }, { patienceSeconds: 1_000 })).to.have.length(1);
  });
});
