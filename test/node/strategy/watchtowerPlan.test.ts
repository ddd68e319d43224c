// What a watchtower spends a bond on, what it refuses to, and how it descends.
import { commitProgram, createTrace, execute, type Revealed } from "@assay/sdk/program";
import { child, EMPTY, type Hex, OUTPUT_ROOT, type Position, TRACE_ROOT } from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Evidence } from "../../../node/strategy/judgement.ts";
import type { DisputeView } from "../../../node/strategy/views.ts";
import {
  type WatchedCommitment,
  type WatchtowerLimits,
  type WatchtowerState,
  watchtowerPlan,
} from "../../../node/strategy/watchtowerPlan.ts";
import { cheatingSlots } from "../../helpers/cheat.ts";
import { network, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { challenger, commitmentView, disputeView, friend, id, now, programId, requestView } from "./views.ts";

const program = network(1);
const committed = commitProgram(program);
const input = randomInput(program, new Random(2));
const own = createTrace(committed, input, execute(program, input));
const commitId = id(2);
const disputeId = id(3);

const cheater = createTrace(committed, input, cheatingSlots(program, input, { slot: 2, element: 700 }));
const limits: WatchtowerLimits = { challenge: true, bondBudget: undefined, marginSeconds: 5 };
const convicted: Evidence = {
  fast: own.outputRoot,
  reference: own.outputRoot,
  seen: [],
  retryAt: undefined,
};

const state = (commitments: WatchedCommitment[], parts: Partial<WatchtowerState> = {}): WatchtowerState => ({
  now,
  challenger,
  wallet: 1_000n,
  credit: 0n,
  commitments,
  refuted: new Set<Hex>(),
  health: { selfTest: true, endpointsAgree: true, headFresh: true },
  ...parts,
});

const watched = (
  parts: Partial<WatchedCommitment> & { disputes?: readonly DisputeView[]; shown?: readonly Position[] } = {},
): WatchedCommitment => {
  const { shown = [], ...rest } = parts;
  const revealed = new Map(
    shown.map((position): [Hex, Revealed | undefined] => [cheater.node(position), cheater.reveal(position)]),
  );
  return {
    ...commitmentView({
      disputes: parts.disputes ?? [],
      commitment: { outputRoot: id(0xbad) },
      binding: shown.length > 0 ? { traceRoot: cheater.traceRoot, boundAt: now - 4n } : {},
    }),
    evidence: convicted,
    trace: own,
    revealed: (node) => revealed.get(node),
    ...rest,
  };
};
const plan = (
  commitments: WatchedCommitment[],
  parts: Partial<WatchtowerState> = {},
  changed: Partial<WatchtowerLimits> = {},
) => watchtowerPlan(state(commitments, parts), { ...limits, ...changed });
const evidence = (parts: Partial<Evidence>): Evidence => ({
  ...convicted,
  fast: undefined,
  reference: undefined,
  ...parts,
});

describe("watchtowerPlan", () => {
  const until = now + 120n;
  const deadline = now + 96n;

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

  it("lets right answers alone", () => {
    const right = commitmentView({ commitment: { outputRoot: own.outputRoot } }).commitment;
    expect(
      plan([watched({ commitment: right, evidence: evidence({ fast: own.outputRoot }) })]),
    ).to.deep.equal([]);
  });

  it("retries what was unavailable, and never challenges it", () => {
    const later = watched({ evidence: evidence({ fast: own.outputRoot, retryAt: now + 1n }) });
    expect(plan([later])).to.deep.equal([]);
    expect(plan([later], { now: now + 1n })).to.deep.equal([{ kind: "confirm", commitId, until }]);
  });

  it("alarms and does not act when it contradicts itself", () => {
    const alarm = [{ kind: "alarm", reason: "contradiction", commitId }];
    expect(plan([watched({ evidence: { ...convicted, reference: id(5) } })])).to.deep.equal(alarm);
    expect(plan([watched({ evidence: { ...convicted, seen: [id(5)] } })])).to.deep.equal(alarm);
  });

  for (const missing of ["selfTest", "endpointsAgree", "headFresh"] as const) {
    it(`does nothing but alarm without ${missing}`, () => {
      const health = { ...state([]).health, [missing]: false };
      const disputes = [disputeView({ lastMoveAt: now - 500n })];
      expect(plan([watched({ disputes })], { health })).to.deep.equal([
        { kind: "alarm", reason: "unhealthy", missing },
      ]);
    });
  }

  it("challenges inside the window only, and early enough", () => {
    const at = (deadline: bigint) =>
      plan([watched({ request: requestView("committed", { deadline }).request })]);
    expect(at(now + 5n)).to.have.nested.property("[0].kind", "challenge");
    expect(at(now + 4n)).to.deep.equal([
      { kind: "alarm", reason: "unchallenged", commitId, because: "late" },
    ]);
    expect(at(now - 1n)).to.deep.equal([]);
  });

  it("spends each bond once, on the window that ends first", () => {
    const second = watched({
      commitId: id(20),
      request: requestView("committed", { deadline: now + 60n }).request,
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

  it("reports without spending when it may not challenge", () => {
    const alarm = { kind: "alarm", reason: "unchallenged", commitId, because: "disabled" };
    expect(plan([watched()], {}, { challenge: false })).to.deep.equal([alarm]);
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
    const { request } = requestView("slashed");
    const slashed = { ...commitmentView({}).commitment, slashedAt: now - 30n };
    const won = disputeView({ status: "won" });
    const ended = watched({ request, commitment: slashed, disputes: [won] });
    expect(plan([ended])).to.deep.equal([]);
    expect(plan([ended], { now: now + 1n })).to.deep.equal([{ kind: "settle", commitId }]);
    const distributed = { ...ended, commitment: { ...slashed, settled: true } };
    expect(plan([distributed])).to.deep.equal([{ kind: "settleDispute", disputeId }]);
    expect(plan([{ ...distributed, disputes: [{ ...won, settled: true }] }])).to.deep.equal([]);
    const lost = { ...distributed, disputes: [disputeView({ status: "lost" })] };
    expect(plan([lost])).to.deep.equal([]);
  });

  it("takes its bond back after a refund", () => {
    const { request } = requestView("refunded");
    expect(plan([watched({ request, disputes: [disputeView({ status: "void" })] })])).to.deep.equal([
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
