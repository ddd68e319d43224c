// The cheater's friend challenges first, to take the reward or to waste everybody's time. An honest challenger never pays (S-13).
import { expect } from "chai";
import { joinCheater, joinKeeper, joinWatchtower, play } from "../helpers/players.ts";
import { gain, setStage } from "../helpers/stage.ts";

const flip = { slot: 0, element: 3, bit: 30 };

describe("two challengers", () => {
  it("the first that did not lose reports; the one that proved gets its bond and its gas back", async () => {
    const stage = await setStage();
    const { network, library } = stage;
    const cheater = joinCheater(network, library, flip);
    const watchtower = joinWatchtower(network, library);
    const requestId = await stage.request();
    await play(network, [cheater]);
    const before = await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);
    const { lock } = await network.clients.deployer.getCommitment({ commitId });

    const { disputeId: friends } = await network.clients.friend.challenge({ commitId });
    await play(network, [watchtower, cheater]);
    await stage.check(requestId, "slashed");
    const [first, second] = watchtower.context.journal.disputesOf(commitId);
    expect(first!.disputeId).to.equal(friends);
    expect((await network.clients.deployer.getDispute({ disputeId: friends })).status).to.equal("void");
    const own = await network.clients.deployer.getDispute({ disputeId: second!.disputeId });
    expect(own.status).to.equal("won");

    await network.advance(network.tier.airgapSeconds + 1);
    await play(network, [watchtower]);
    await network.clients.friend.settleDispute({ disputeId: friends });
    const after = await stage.check(requestId, "slashed");
    const reward = (lock * 15n) / 100n;
    const challengeGas = gain(before, after, "friend") - reward;
    expect(challengeGas > 0n, "the friend's capped gas").to.equal(true);
    expect(gain(before, after, "watchtower") > challengeGas, "the prover's capped gas").to.equal(true);
    const spread = gain(before, after, "friend") + gain(before, after, "watchtower");
    expect(spread * 100n <= lock * 30n, "reporter and gas pot").to.equal(true);
    expect(after.pendingBurn * 2n >= lock).to.equal(true);
    cheater.leave();
    watchtower.leave();
  });

  it("a friend that lets its clock run out reports nothing and loses its bond", async () => {
    const stage = await setStage();
    const { network, library } = stage;
    const cheater = joinCheater(network, library, flip);
    const watchtower = joinWatchtower(network, library);
    const keeper = joinKeeper(network);
    const requestId = await stage.request();
    await play(network, [cheater]);
    const before = await stage.check(requestId, "committed");
    const commitId = await stage.commitIdOf(requestId);
    const { lock } = await network.clients.deployer.getCommitment({ commitId });

    const { disputeId } = await network.clients.friend.challenge({ commitId });
    await play(network, [cheater]); // binds at once, so that the friend's clock runs
    await network.advance(network.tier.windowSeconds - 5);
    await play(network, [watchtower]); // opens its own dispute in time
    const { deadline } = await network.clients.deployer.getTurn({ disputeId });
    await network.advance(Number(deadline - (await network.now())) + 1);
    await play(network, [keeper]);
    expect((await network.clients.deployer.getDispute({ disputeId })).status).to.equal("lost");

    await play(network, [watchtower, cheater]);
    await stage.check(requestId, "slashed");
    await network.advance(network.tier.airgapSeconds + 1);
    await play(network, [watchtower]);
    const after = await stage.check(requestId, "slashed");
    expect(gain(before, after, "friend")).to.equal(-network.tier.challengeBond);
    expect(gain(before, after, "watchtower") > (lock * 15n) / 100n).to.equal(true);
    for (const player of [cheater, watchtower, keeper]) player.leave();
  });
});
