// The worker's machine is off when it is challenged. Its defender, elsewhere and with a key that can only bind, wins for it.
import { expect } from "chai";
import { errorOf } from "../helpers/nodeParts.ts";
import { joinDefender, joinKeeper, joinLiar, joinWorker, play } from "../helpers/players.ts";
import { fee, gain, setStage } from "../helpers/stage.ts";

describe("a worker that is off", () => {
  it("is defended to the end and paid", async () => {
    const stage = await setStage({ defended: true });
    const { network, library } = stage;
    const worker = joinWorker(network, library);
    const requestId = await stage.request();
    await play(network, [worker]);
    const before = await stage.check(requestId, "committed");
    worker.leave();

    const liar = joinLiar(network, library, { slot: 5, element: 17, bit: 4 });
    const defender = joinDefender(network, library);
    await play(network, [liar, defender]);
    const after = await stage.check(requestId, "committed");
    const { challengeBond } = network.tier;
    expect(gain(before, after, "friend")).to.equal(-challengeBond);
    expect(gain(before, after, "worker")).to.equal((challengeBond * 60n) / 100n);
    expect(gain(before, after, "defender")).to.equal(0n);
    const moves = defender.events.flatMap((event) => (event.kind === "sent" ? [event.move] : []));
    expect(moves).to.deep.equal(["bindTrace", "revealTile"]);

    const keeper = joinKeeper(network);
    await stage.passDeadline(requestId);
    await play(network, [keeper]);
    const paid = await stage.check(requestId, "finalized");
    expect(gain(after, paid, "worker")).to.equal(fee);
    for (const player of [liar, defender, keeper]) player.leave();
  });

  it("cannot be made to work by its defender's key", async () => {
    const stage = await setStage({ defended: true });
    const { clients, addresses } = stage.network;
    const requestId = await stage.request();
    const refused = await errorOf(() =>
      clients.defender.claimRequest({ requestId, worker: addresses.worker }),
    );
    expect(refused.name).to.equal("NotAuthorizedError");
    await stage.check(requestId, "open");
  });
});
