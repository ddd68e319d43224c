// A stranger tries to bind an honest worker to a garbage tree, and to reveal for it; only the second is anybody's right (S-08).
import { expect } from "chai";
import { errorOf } from "../helpers/nodeParts.ts";
import { joinLiar, joinWorker, play, tick } from "../helpers/players.ts";
import { gain, setStage } from "../helpers/stage.ts";

describe("a stranger", () => {
  it("cannot bind for a worker, may reveal for it, and the worker wins", async () => {
    const stage = await setStage();
    const { network, library } = stage;
    const worker = joinWorker(network, library);
    const liar = joinLiar(network, library, { slot: 0, element: 3, bit: 30 });
    const requestId = await stage.request();
    await play(network, [worker]);
    const before = await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);
    await play(network, [liar]);

    const { stranger, deployer } = network.clients;
    const garbage = Array.from({ length: 16 }, () => `0x${"ab".repeat(32)}` as const);
    const refused = await errorOf(() => stranger.bindTrace({ commitId, children: garbage }));
    expect(refused.name).to.equal("NotWorkerKeyError");
    expect((await deployer.getBinding({ commitId })).boundAt).to.equal(0n);

    await tick(worker); // computes the trace
    await tick(worker);
    const { traceRoot } = await deployer.getBinding({ commitId });
    await tick(liar);
    await tick(liar);
    const [dispute] = liar.context.journal.disputesOf(commitId);
    const { node, position } = await deployer.getDispute({ disputeId: dispute!.disputeId });
    const trace = await stage.traceOf(requestId);
    expect(traceRoot).to.equal(trace.traceRoot);
    await stranger.reveal({ commitId, children: trace.children(position) });
    expect((await deployer.getReveal({ commitId, node })).kind).to.equal("inner");

    await play(network, [worker, liar]);
    const after = await stage.check(requestId, "committed");
    expect(gain(before, after, "friend")).to.equal(-network.tier.challengeBond);
    expect(gain(before, after, "stranger")).to.equal(0n);
    worker.leave();
    liar.leave();
  });
});
