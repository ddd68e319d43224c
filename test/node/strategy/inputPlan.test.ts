// What becomes of inputs that are kept off the chain: who looks for them, who posts them, and when waiting ends.
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import {
  type AskedInput,
  fetches,
  type InputState,
  inputPokes,
  inputReplies,
  type MissingInput,
} from "../../../node/strategy/inputPlan.ts";
import { type WorkerLimits, type WorkerState, workerPlan } from "../../../node/strategy/workerPlan.ts";
import { commitmentView, friend, id, now, programId, requestView, served, tier, worker } from "./views.ts";

const requestId = id(1);
const commitId = id(2);
const looked: MissingInput = { tries: 1, retryAt: now };
const inputs = (missing: [Hex, MissingInput][] = [], asked: AskedInput[] = []): InputState => ({
  missing: new Map(missing),
  asked: new Map(asked.map((one) => [one.id, one])),
});
const asked = (parts: Partial<AskedInput> = {}): AskedInput => ({
  id: commitId,
  of: "commitment",
  asker: friend,
  bond: 9n,
  postBy: now + BigInt(tier.inputSeconds),
  nextChunk: 3,
  awaited: true,
  ...parts,
});

describe("inputReplies", () => {
  const commitments = [commitmentView({})];
  const plan = (state: InputState, patience = 0, at = now) => inputReplies(commitments, state, at, patience);

  it("S-09: posts from the next chunk on, until the deadline and not after it", () => {
    const state = inputs([], [asked()]);
    const deadline = now + BigInt(tier.inputSeconds);
    const post = [{ kind: "postInput", commitId, requestId, firstChunk: 3, deadline }];
    expect(plan(state)).to.deep.equal(post);
    expect(plan(state, 0, deadline)).to.deep.equal(post);
    expect(plan(state, 0, deadline + 1n)).to.deep.equal([]);
    expect(plan(inputs())).to.deep.equal([]);
    expect(plan(inputs([], [asked({ awaited: false })]))).to.deep.equal([]);
  });

  it("says at once that an input is lost, and looks for it", () => {
    expect(plan(inputs([[requestId, looked]], [asked()]))).to.deep.equal([
      { kind: "alarm", reason: "inputLost", commitId, requestId },
      { kind: "fetchInput", requestId },
    ]);
  });

  it("leaves posting to another for a while, never longer than half of the time", () => {
    const state = inputs([], [asked()]);
    expect(plan(state, 10)).to.deep.equal([]);
    expect(plan(state, 10, now + 10n)).to.have.length(1);
    expect(plan(state, 1_000, now + 14n)).to.deep.equal([]);
    expect(plan(state, 1_000, now + 15n)).to.have.length(1);
  });

  it("posts the most urgent first", () => {
    const other = commitmentView({
      commitId: id(5),
      request: requestView("committed", {}, { requestId: id(6) }),
    });
    const sooner = asked({ id: id(5), postBy: now + 20n });
    const replies = inputReplies([...commitments, other], inputs([], [asked(), sooner]), now, 0);
    expect(replies.map((reply) => "commitId" in reply && reply.commitId)).to.deep.equal([id(5), commitId]);
  });
});

describe("inputPokes", () => {
  it("S-09: ends what was not shown after its deadline, not at it", () => {
    const late = asked({ postBy: now });
    expect(inputPokes([late], now)).to.deep.equal([]);
    expect(inputPokes([late], now + 1n)).to.deep.equal([{ kind: "timeoutInput", commitId }]);
    const claim = asked({ id: requestId, of: "request", postBy: now });
    expect(inputPokes([claim], now + 1n)).to.deep.equal([{ kind: "timeoutRequestInput", requestId }]);
  });

  it("gives a bond back at once when what it was asked for has ended otherwise", () => {
    expect(inputPokes([asked({ awaited: false })], now)).to.deep.equal([{ kind: "timeoutInput", commitId }]);
  });
});

describe("fetches", () => {
  it("looks for what is missing, and again only after a while", () => {
    const state = inputs([
      [id(1), { tries: 0, retryAt: 0n }],
      [id(2), { tries: 2, retryAt: now + 1n }],
    ]);
    expect(fetches([id(1), id(2), id(3)], state, now)).to.deep.equal([
      { kind: "fetchInput", requestId: id(1) },
    ]);
  });
});

describe("workerPlan, about inputs", () => {
  const limits: WorkerLimits = {
    ...{ minFee: 0n, methods: ["optimistic"], versions: [1], maxOpen: 64, traceShare: 0.5 },
    ...{ traceBytes: 1e6, marginSeconds: 5, patienceSeconds: 0 },
    replyGas: { bindTrace: 1n, reveal: 1n, revealTile: 1n },
  };
  const plan = (parts: Partial<WorkerState>, at = now) =>
    workerPlan(
      {
        ...{ now: at, worker, freeStake: 1_000_000n, halted: false, draining: false },
        gas: { balance: 10n ** 18n, maxFeePerGas: 1n },
        programs: new Map([[programId, served]]),
        requests: [],
        commitments: [],
        answered: new Set<Hex>(),
        underway: { decided: new Map(), sending: new Set(), alone: new Set() },
        inputs: inputs(),
        ...parts,
      },
      limits,
    );

  it("S-09: claims nothing before it has the input, and looks for it", () => {
    const requests = [requestView("open", { inputPosted: false })];
    const { actions, refusals } = plan({ requests, inputs: inputs([[requestId, looked]]) });
    expect(refusals).to.deep.equal([{ requestId, reason: "input" }]);
    expect(actions).to.deep.equal([{ kind: "fetchInput", requestId }]);
    expect(plan({ requests }).actions.map(({ kind }) => kind)).to.deep.equal(["claim"]);
  });

  it("looks for no input of a request that it would not take anyway", () => {
    const requests = [requestView("open", { inputPosted: false, worker: friend })];
    expect(plan({ requests, inputs: inputs([[requestId, looked]]) }).actions).to.deep.equal([]);
  });

  it("S-09: makes the requester show the input of a claim after half of the time, while there is time", () => {
    const deadline = now + BigInt(tier.deliverySeconds);
    const requests = [requestView("claimed", { inputPosted: false, deadline })];
    const state = { requests, inputs: inputs([[requestId, looked]]) };
    const kinds = (at: bigint) => plan(state, at).actions.map(({ kind }) => kind);
    expect(kinds(now + 30n)).to.deep.equal(["fetchInput"]);
    expect(kinds(now + 31n)).to.deep.equal(["fetchInput", "inputUnavailable"]);
    expect(kinds(deadline)).to.deep.equal(["fetchInput", "inputUnavailable"]);
    expect(kinds(deadline + 1n)).to.deep.equal(["timeoutDelivery"]);
  });

  it("waits for the requester, and ends a claim whose input never came", () => {
    const requests = [requestView("inputMissing", { inputPosted: false })];
    const claim = asked({ id: requestId, of: "request", postBy: now });
    const state = { requests, inputs: inputs([[requestId, looked]], [claim]) };
    expect(plan(state).actions).to.deep.equal([]);
    expect(plan(state, now + 1n).actions).to.deep.equal([{ kind: "timeoutRequestInput", requestId }]);
  });

  it("S-10: shows inputs before it does anything else", () => {
    const commitments = [{ ...commitmentView({}), trace: undefined }];
    const requests = [requestView("open", {}, { requestId: id(9) })];
    const { actions } = plan({ requests, commitments, inputs: inputs([], [asked()]) });
    expect(actions.map(({ kind }) => kind)).to.deep.equal(["postInput", "claim"]);
  });
});
