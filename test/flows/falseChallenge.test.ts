// A challenge against a right answer costs its bond and changes nothing else.
import { expect } from "chai";
import { joinLiar, joinWatchtower, joinWorker, play, tick } from "../helpers/players.ts";
import { gain, setStage } from "../helpers/stage.ts";

describe("a false challenge", () => {
  it("is answered to the end, loses its bond, and delays nothing", async () => {
    const stage = await setStage();
    const { network, library } = stage;
    const worker = joinWorker(network, library);
    const liar = joinLiar(network, library, { slot: 3, element: 740 });
    const requestId = await stage.request();
    await play(network, [worker]);
    const before = await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);

    await play(network, [liar, worker]);
    const after = await stage.check(requestId, "committed");
    const { challengeBond } = network.tier;
    expect(gain(before, after, "friend")).to.equal(-challengeBond);
    expect(gain(before, after, "worker")).to.equal((challengeBond * 60n) / 100n);
    expect(after.pendingBurn - before.pendingBurn).to.equal((challengeBond * 40n) / 100n);
    const { holds } = await network.clients.deployer.getCommitment({ commitId });
    expect(holds).to.equal(0);
    expect(liar.events.filter(({ kind }) => kind === "challenged")).to.have.length(1);
    expect(liar.events.find(({ kind }) => kind === "stepProved")).to.include({ verdict: "correct", step: 3 });
    const alarm = liar.events.find(({ kind }) => kind === "alarm");
    expect(alarm).to.deep.include({ facts: { commitId, because: "refuted" } });

    // An honest watchtower is not impressed.
    const watchtower = joinWatchtower(network, library);
    await tick(watchtower);
    expect(watchtower.events[0]).to.include({ kind: "checked", judgement: "valid" });

    await stage.passDeadline(requestId);
    await play(network, [worker, watchtower]);
    const paid = await stage.check(requestId, "finalized");
    expect(gain(after, paid, "worker") > 0n).to.equal(true);
    for (const player of [worker, liar, watchtower]) player.leave();
  });
});
