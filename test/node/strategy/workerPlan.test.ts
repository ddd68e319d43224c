// What a worker takes on, what it refuses and why, and how it delivers.
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type ReplyGas, replyGas } from "../../../node/strategy/capacity.ts";
import { type WorkerLimits, type WorkerState, workerPlan } from "../../../node/strategy/workerPlan.ts";
import {
  commitmentView,
  disputeView,
  friend,
  id,
  now,
  programId,
  requestView,
  served,
  tier,
  worker,
} from "./views.ts";

const gas: ReplyGas = { bindTrace: 100n, reveal: 50n, revealTile: 80n };
const limits: WorkerLimits = {
  minFee: 20n,
  methods: ["optimistic"],
  versions: [1],
  maxOpen: 64,
  traceShare: 0.5,
  traceBytes: 1_000_000,
  marginSeconds: 5,
  replyGas: gas,
  patienceSeconds: 0,
};

const nothing: WorkerState["underway"] = { decided: new Map(), sending: new Set(), alone: new Set() };

const state = (parts: Partial<WorkerState> = {}): WorkerState => ({
  now,
  worker,
  freeStake: 1_000_000n,
  gas: { balance: 10n ** 18n, maxFeePerGas: 1n },
  programs: new Map([[programId, served]]),
  halted: false,
  draining: false,
  requests: [],
  commitments: [],
  answered: new Set<Hex>(),
  underway: nothing,
  inputs: { missing: new Map(), asked: new Map() },
  ...parts,
});

const open = requestView("open");
const refusalOf = (parts: Partial<WorkerState>, changed: Partial<WorkerLimits> = {}) => {
  const { actions, refusals } = workerPlan(state({ requests: [open], ...parts }), { ...limits, ...changed });
  expect(actions).to.deep.equal([]);
  return refusals[0]?.reason;
};
const many = (count: number, status: "open" | "claimed") =>
  Array.from({ length: count }, (_, index) => requestView(status, {}, { requestId: id(100 + index) }));

describe("workerPlan", () => {
  it("claims an open request for a served program", () => {
    const { actions, refusals } = workerPlan(state({ requests: [open] }), limits);
    expect(actions).to.deep.equal([{ kind: "claim", requestId: id(1), claimBy: now + 60n }]);
    expect(refusals).to.deep.equal([]);
  });

  it("claims requests reserved for it, whatever the case of the address", () => {
    const reserved = requestView("open", { worker: worker.toUpperCase().replace("0X", "0x") as Hex });
    expect(workerPlan(state({ requests: [reserved] }), limits).actions).to.have.length(1);
  });

  it("says why it leaves a request to others", () => {
    const other = requestView("open", { worker: friend });
    const broken = new Map([[programId, { ...served, ready: false }]]);
    expect(refusalOf({ requests: [other] })).to.equal("anotherWorker");
    expect(refusalOf({ requests: [requestView("open", { method: "zk" })] })).to.equal("method");
    expect(refusalOf({ requests: [requestView("open", { version: 2 })] })).to.equal("version");
    expect(refusalOf({ requests: [requestView("open", { fee: 19n })] })).to.equal("fee");
    expect(refusalOf({ requests: [requestView("open", { deadline: now - 1n })] })).to.equal("late");
    expect(refusalOf({ requests: [requestView("open", {}, { retired: true })] })).to.equal("retired");
    expect(refusalOf({ freeStake: 999n })).to.equal("stake");
    expect(refusalOf({ programs: broken })).to.equal("selfTest");
    expect(refusalOf({ halted: true })).to.equal("halted");
    expect(refusalOf({ draining: true })).to.equal("draining");
    expect(refusalOf({}, { maxOpen: 0 })).to.equal("capacity");
    expect(refusalOf({}, { marginSeconds: 60 })).to.equal("backlog");
    expect(refusalOf({}, { traceBytes: 999 })).to.equal("traceMemory");
    expect(refusalOf({ programs: new Map() })).to.equal(undefined);
    const defended = new Map([[programId, { ...served, offered: false }]]);
    expect(refusalOf({ programs: defended })).to.equal(undefined);
  });

  it("S-10: claims no more than it can trace in half its dispute clock", () => {
    // 25 traces of 2 s fill half of a clock of 100 s.
    const { actions, refusals } = workerPlan(state({ requests: many(30, "open") }), limits);
    expect(actions).to.have.length(25);
    expect(refusals.map(({ reason }) => reason)).to.deep.equal(Array(5).fill("traceTime"));
  });

  it("S-10: counts what a dispute has computed again, where a trace does not stay in memory", () => {
    const programs = new Map([[programId, { ...served, replayShare: 1.5 }]]);
    const { actions } = workerPlan(state({ requests: many(30, "open"), programs }), limits);
    expect(actions).to.have.length(10);
  });

  it("S-10: counts what is open already", () => {
    const commitments = many(25, "open").map(({ requestId }) => ({
      ...commitmentView({ request: requestView("committed", {}, { requestId }) }),
      trace: undefined,
    }));
    expect(refusalOf({ commitments })).to.equal("traceTime");
  });

  it("S-10: claims no more than its gas reserve can defend", () => {
    const each = replyGas(served.header, gas);
    expect(each).to.equal(100n + 50n * 2n + 80n); // two levels of the trace tree, one of the tensor tree, one shown by the bind
    const reserve = { balance: 3n * each * 7n, maxFeePerGas: 7n };
    const { actions, refusals } = workerPlan(state({ requests: many(4, "open"), gas: reserve }), limits);
    expect(actions).to.have.length(3);
    expect(refusals).to.deep.equal([{ requestId: id(103), reason: "gasReserve" }]);
  });

  it("takes nothing while it has not measured what is open", () => {
    const committed = requestView("committed", { programId: id(0xb) }, { requestId: id(7) });
    const commitments = [{ ...commitmentView({ request: committed }), trace: undefined }];
    expect(refusalOf({ commitments })).to.equal("unmeasured");
  });

  it("takes nothing that makes it late with what it has claimed", () => {
    // With the margin, 55 executions of a second end at the deadline; one more would push the last of them over it.
    const patient = { ...limits, traceShare: 9, maxOpen: 99 };
    const having = (claimed: number) =>
      workerPlan(state({ requests: [...many(claimed, "claimed"), open] }), patient);
    expect(having(54).actions.map(({ kind }) => kind)).to.deep.equal(["execute", "claim"]);
    expect(having(55).refusals).to.deep.equal([{ requestId: id(1), reason: "backlog" }]);
  });

  it("executes one request at a time, the most urgent first", () => {
    const requests = [
      requestView("claimed", { deadline: now + 50n }, { requestId: id(5) }),
      requestView("claimed", { deadline: now + 40n }, { requestId: id(6) }),
    ];
    expect(workerPlan(state({ requests }), limits).actions).to.deep.equal([
      { kind: "execute", requestId: id(6), commitBy: now + 40n },
    ]);
  });

  it("executes requests for one program together where it takes batches, the most urgent first", () => {
    const requests = many(5, "claimed").map((view, index) => ({
      ...view,
      state: { ...view.state, deadline: now + 50n - BigInt(index) },
    }));
    const idsOf = (batches: boolean, batchSize: number) => {
      const programs = new Map([[programId, { ...served, batches }]]);
      const { actions } = workerPlan(state({ requests, programs }), { ...limits, batchSize });
      return actions.map((action) => ("requestId" in action ? action.requestId : action.kind));
    };
    expect(idsOf(true, 3)).to.deep.equal([id(104), id(103), id(102)]);
    expect(idsOf(true, 8)).to.have.length(5);
    expect(idsOf(false, 8)).to.deep.equal([id(104)]);
  });

  it("spends its stake once, on the best paid request", () => {
    const requests = [
      requestView("open", { fee: 100n }, { requestId: id(1) }),
      requestView("open", { fee: 150n }, { requestId: id(2) }),
    ];
    const { actions, refusals } = workerPlan(state({ requests, freeStake: 2_000n }), limits);
    expect(actions).to.deep.equal([{ kind: "claim", requestId: id(2), claimBy: now + 60n }]);
    expect(refusals).to.deep.equal([{ requestId: id(1), reason: "stake" }]);
  });

  it("executes what it claimed, then commits", () => {
    const requests = [requestView("claimed")];
    const commitBy = now + 60n;
    const execute = [{ kind: "execute", requestId: id(1), commitBy }];
    expect(workerPlan(state({ requests }), limits).actions).to.deep.equal(execute);
    const answered = new Set([id(1)]);
    const commit = [{ kind: "commit", requestIds: [id(1)], commitBy }];
    expect(workerPlan(state({ requests, answered }), limits).actions).to.deep.equal(commit);
  });

  it("commits what is ready together, under one parameter version at a time", () => {
    const requests = [1, 1, 2, 1].map((version, index) =>
      requestView("claimed", { version, deadline: now + 40n + BigInt(index) }, { requestId: id(20 + index) }),
    );
    const answered = new Set(requests.map(({ requestId }) => requestId));
    expect(workerPlan(state({ requests, answered }), limits).actions).to.deep.equal([
      { kind: "commit", requestIds: [id(20), id(21), id(23)], commitBy: now + 40n },
      { kind: "commit", requestIds: [id(22)], commitBy: now + 42n },
    ]);
  });

  it("leaves alone what others claimed", () => {
    const requests = [requestView("claimed", { claimant: friend })];
    expect(workerPlan(state({ requests }), limits).actions).to.deep.equal([]);
  });

  it("gives up what it cannot deliver any more, and frees the stake", () => {
    const late = requestView("claimed", { deadline: now });
    expect(workerPlan(state({ requests: [late] }), limits).actions).to.deep.equal([]);
    const free = [{ kind: "timeoutDelivery", requestId: id(1) }];
    expect(workerPlan(state({ requests: [late], now: now + 1n }), limits).actions).to.deep.equal(free);
  });

  it("S-06: answers nothing once halted, but still defends and collects", () => {
    const requests = [requestView("claimed")];
    const answered = new Set([id(1)]);
    const disputed = { ...commitmentView({ disputes: [disputeView()] }), trace: undefined };
    const over = {
      ...commitmentView({ request: requestView("committed", { deadline: now - 1n }, { requestId: id(7) }) }),
      trace: undefined,
    };
    const halted = state({ requests, answered, halted: true, commitments: [disputed, over] });
    expect(workerPlan(halted, limits).actions.map(({ kind }) => kind)).to.deep.equal(["trace", "collect"]);
  });

  it("collects after the window when nothing holds the answer, and refunds retired programs", () => {
    const request = requestView("committed", { deadline: now - 1n });
    const over = { ...commitmentView({ request }), trace: undefined };
    const collect = [{ kind: "collect", requestIds: [id(1)] }];
    expect(workerPlan(state({ commitments: [over] }), limits).actions).to.deep.equal(collect);
    const held = { ...over, commitment: { ...over.commitment, holds: 1 } };
    expect(workerPlan(state({ commitments: [held] }), limits).actions).to.deep.equal([]);
    const retired = { ...over, retired: true };
    const refund = [{ kind: "refundRetired", requestId: id(1) }];
    expect(workerPlan(state({ commitments: [retired] }), limits).actions).to.deep.equal(refund);
    const claimed = [requestView("claimed", {}, { retired: true })];
    expect(workerPlan(state({ requests: claimed }), limits).actions).to.deep.equal(refund);
  });

  it("puts replies before everything else", () => {
    const requests = [
      requestView("claimed", {}, { requestId: id(5) }),
      requestView("open", {}, { requestId: id(6) }),
    ];
    const disputed = { ...commitmentView({ disputes: [disputeView()] }), trace: undefined };
    const { actions } = workerPlan(state({ requests, commitments: [disputed] }), limits);
    expect(actions.map(({ kind }) => kind)).to.deep.equal(["trace", "execute", "claim"]);
    expect(actions[0]).to.deep.equal({
      kind: "trace",
      commitId: id(2),
      deadline: now - 5n + BigInt(tier.workerSeconds),
    });
  });
});
