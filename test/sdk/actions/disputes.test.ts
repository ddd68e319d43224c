// A dispute through the SDK, on the real game and judge: a worker that lies by one bit is slashed, an honest one is not.
import {
  ClockRunningError,
  DisputeNotFoundError,
  InsufficientAllowanceError,
  NothingToSettleError,
  NotWorkerKeyError,
  WindowClosedError,
  WorkerToMoveError,
} from "@assay/sdk";
import {
  createTrace,
  execute,
  executeFrom,
  nextMove,
  type Revealed,
  type Tensor,
  type Trace,
} from "@assay/sdk/program";
import { TRACE_ROOT } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type Hex, zeroHash } from "viem";
import { sample, scorer, scorerTrees } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

const honestSlots = execute(scorer, sample.input);
const honest = createTrace(scorerTrees, sample.input, honestSlots);

/** A trace whose sum is one too high in one element, and right again from there on. */
function cheatingTrace(): Trace {
  const sum = honestSlots[1] as Tensor;
  const wrong = {
    ...sum,
    data: Int32Array.from(sum.data as Int32Array, (value, at) => (at === 1 ? value + 1 : value)),
  };
  const slots = executeFrom(scorer, sample.input, [honestSlots[0] as Tensor, wrong], 2);
  return createTrace(scorerTrees, sample.input, slots);
}

describe("dispute actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  /** Both sides play with `own` trees until the judge has spoken. */
  async function play(disputeId: Hex, commitId: Hex, outputRoot: Hex, theirs: Trace, own: Trace) {
    const { worker, challenger } = market.clients;
    const shown = new Map<Hex, Revealed>();
    const { traceRoot } = await worker.bindTrace({
      commitId,
      children: theirs.children(TRACE_ROOT),
    });
    shown.set(traceRoot, { kind: "inner", children: theirs.children(TRACE_ROOT) });
    for (;;) {
      const dispute = await challenger.getDispute({ disputeId });
      const { position, rooted } = dispute;
      const node = rooted ? dispute.node : traceRoot;
      const content = theirs.reveal(position);
      if (rooted && content && (await challenger.getReveal({ commitId, node })).kind === "unrevealed") {
        shown.set(node, content);
        if (content.kind === "inner") await worker.reveal({ commitId, children: content.children });
        else await worker.revealTile({ commitId, tile: content.tile });
      }
      const move = nextMove(own, {
        ...{ position, traceRoot, outputRoot, passes: theirs.passes },
        revealed: (hash) => shown.get(hash),
      });
      if (move.move === "choose") {
        const { children } = shown.get(node) as Extract<Revealed, { kind: "inner" }>;
        await challenger.choose({ disputeId, node, children: children, index: move.index });
      } else if (move.move === "chooseOutput") await challenger.chooseOutput({ disputeId });
      else if (move.move === "prove") return challenger.proveStep({ disputeId, node, proof: move.proof });
      else throw new Error(`The challenger cannot move: ${move.move}`);
    }
  }

  it("slashes a wrong intermediate tensor and pays everybody", async () => {
    const { challenger, requester, stranger } = market.clients;
    const theirs = cheatingTrace();
    const { requestId, commitId } = await market.answer(theirs.output);
    const { disputeId, serial, bond } = await challenger.challenge({ commitId });
    expect(serial).to.equal(0);
    expect(await challenger.getTurn({ disputeId })).to.have.property("workersTurn", true);
    const early = await failure(stranger.timeoutDispute({ disputeId }));
    expect(early).to.be.instanceOf(ClockRunningError);
    const { lock } = await stranger.getCommitment({ commitId });

    const { verdict } = await play(disputeId, commitId, theirs.outputRoot, theirs, honest);
    expect(verdict).to.equal("faulty");
    expect((await requester.getRequest({ requestId })).status).to.equal("slashed");
    expect((await requester.getResult({ requestId })).level).to.equal(undefined);
    const binding = await challenger.getBinding({ commitId });
    expect(binding).to.include({ traceRoot: theirs.traceRoot, disputes: 1 });

    const before = await market.balanceOf(market.addresses.challenger);
    await market.advance(31);
    const split = await stranger.settleSlash({ commitId });
    const parts = [split.reporterReward, split.gasPot, split.compensation, split.burned];
    expect(parts.reduce((sum, part) => sum + part, 0n)).to.equal(lock);
    const settled = await stranger.settleDispute({ disputeId });
    expect(settled).to.include({ bond, reward: split.reporterReward });
    const { amount } = await challenger.claimCredit({ to: market.addresses.challenger });
    expect(amount).to.equal(settled.bond + settled.reward + settled.gas);
    expect(await market.balanceOf(market.addresses.challenger)).to.equal(before + amount);
    expect((await stranger.sweepBurn()).amount).to.be.greaterThanOrEqual(split.burned);
  });

  it("slashes an output that is not the end of a right trace", async () => {
    const { challenger } = market.clients;
    const output = sample.output.map((byte, at) => (at === 4 ? byte ^ 1 : byte));
    const theirs = createTrace(scorerTrees, sample.input, honestSlots, output);
    const { commitId } = await market.answer(output);
    const { disputeId } = await challenger.challenge({ commitId });
    const { verdict } = await play(disputeId, commitId, theirs.outputRoot, theirs, honest);
    expect(verdict).to.equal("faulty");
  });

  it("costs the challenger its bond when the answer was right", async () => {
    const { challenger, worker } = market.clients;
    const { commitId } = await market.answer();
    const { disputeId } = await challenger.challenge({ commitId });
    const { verdict } = await play(disputeId, commitId, honest.outputRoot, honest, cheatingTrace());
    expect(verdict).to.equal("correct");
    expect((await challenger.getDispute({ disputeId })).status).to.equal("lost");
    expect((await worker.getAccount({ owner: market.addresses.worker })).credit).to.be.greaterThan(0n);
    expect(await failure(challenger.settleDispute({ disputeId }))).to.be.instanceOf(NothingToSettleError);
  });

  it("slashes a worker that stays silent", async () => {
    const { challenger, stranger } = market.clients;
    const { requestId, commitId } = await market.answer();
    const { disputeId, workerDeadline } = await challenger.challenge({ commitId, approve: true });
    await market.advance(Number(workerDeadline - (await market.now())) + 1);
    expect((await stranger.timeoutDispute({ disputeId })).workerLost).to.equal(true);
    expect((await stranger.getRequest({ requestId })).status).to.equal("slashed");
  });

  it("refuses moves out of turn, by others and after the window", async () => {
    const { challenger, stranger } = market.clients;
    const { commitId } = await market.answer();
    const { disputeId } = await challenger.challenge({ commitId });
    const children = honest.children(TRACE_ROOT);
    expect(await failure(stranger.bindTrace({ commitId, children }))).to.be.instanceOf(NotWorkerKeyError);
    const move = challenger.choose({ disputeId, node: zeroHash, children, index: 0 });
    expect(await failure(move)).to.be.instanceOf(WorkerToMoveError);
    const unapproved = stranger.challenge({ commitId, approve: false });
    expect(await failure(unapproved)).to.be.instanceOf(InsufficientAllowanceError);
    await market.advance(61);
    const late = await failure(stranger.challenge({ commitId }));
    expect(late).to.be.instanceOf(WindowClosedError);
    expect(await failure(stranger.getDispute({ disputeId: zeroHash }))).to.be.instanceOf(
      DisputeNotFoundError,
    );
  });

  it("reads the claim that a step proof is checked against", async () => {
    const { commitId } = await market.answer();
    const claim = await market.clients.stranger.getClaim({ commitId });
    expect(claim).to.include({
      descriptorsRoot: scorerTrees.descriptorsRoot,
      constantsRoot: scorerTrees.constantsRoot,
      inputRoot: honest.inputRoot,
      traceRoot: zeroHash,
      slots: 3,
      passes: 1,
      outputBytes: 12,
    });
  });
});
