// A request is answered, checked and paid, and nobody who could object has a reason to.
import { collectOutput, execute } from "@assay/sdk/program";
import { byteRoot } from "@assay/sdk/protocol";
import { expect } from "chai";
import { joinKeeper, joinWatchtower, joinWorker, play } from "../helpers/players.ts";
import { fee, gain, setStage } from "../helpers/stage.ts";

describe("an honest request", () => {
  it("is claimed, executed, committed, checked and finalized", async () => {
    const stage = await setStage();
    const { network, library, committed } = stage;
    const worker = joinWorker(network, library, { sampleRate: 1 });
    const watchtower = joinWatchtower(network, library);

    const requestId = await stage.request();
    const posted = await stage.check(requestId, "open");

    await play(network, [worker, watchtower]);
    await stage.check(requestId, "committed");
    const input = await network.clients.stranger.getInput({ requestId });
    const right = collectOutput(committed.program, execute(committed.program, input));
    const commitment = await network.clients.stranger.getCommitment({
      commitId: await stage.commitIdOf(requestId),
    });
    expect(commitment.terms.outputRoot).to.equal(byteRoot(right));
    expect(commitment.holds).to.equal(0);
    expect(worker.events.find(({ kind }) => kind === "sampled")).to.include({ agrees: true });
    expect(watchtower.events.map(({ kind }) => kind)).to.deep.equal(["checked"]);
    expect(watchtower.events[0]).to.include({ judgement: "valid" });

    await stage.passDeadline(requestId);
    await play(network, [worker, watchtower]);
    const paid = await stage.check(requestId, "finalized");
    expect(gain(posted, paid, "worker")).to.equal(fee);
    const { free, locked } = await network.clients.worker.getAccount({ owner: network.addresses.worker });
    expect({ free, locked }).to.deep.equal({ free: stage.stake, locked: 0n });
    worker.leave();
    watchtower.leave();
  });

  it("that nobody takes, or that its taker drops, is ended by a keeper", async () => {
    const stage = await setStage();
    const { network, library } = stage;
    const keeper = joinKeeper(network);

    const untaken = await stage.request({ worker: "stranger" });
    const before = await stage.check(untaken, "open");
    await stage.passDeadline(untaken);
    await play(network, [keeper]);
    const expired = await stage.check(untaken, "expired");
    expect(gain(before, expired, "requester")).to.equal(fee);

    const dropped = await stage.request();
    await network.clients.worker.claimRequest({ requestId: dropped, worker: network.addresses.worker });
    await stage.check(dropped, "claimed");
    await stage.passDeadline(dropped);
    await play(network, [keeper, joinWorker(network, library)]);
    const refunded = await stage.check(dropped, "refunded");
    expect(gain(expired, refunded, "requester") > 0n, "a penalty on top of the next fee").to.equal(true);
    keeper.leave();
  });
});
