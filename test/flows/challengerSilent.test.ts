// A challenger that stops moving loses its bond to the worker and the fire, wherever it stops, and the request goes on.
import { expect } from "chai";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import { joinKeeper, joinLiar, joinWorker, type Player, play, tick } from "../helpers/players.ts";
import { fee, gain, setStage } from "../helpers/stage.ts";

const moves = (player: Player) =>
  player.events.filter(
    (event: RoleEvent) => event.kind === "sent" && ["choose", "challenge"].includes(event.move),
  ).length;

const silences: [string, number][] = [
  ["after its challenge", 1],
  ["after its first choice", 2],
  ["before its proof", 3],
];

describe("a silent challenger", () => {
  for (const [name, count] of silences) {
    it(`loses its bond when it stops ${name}`, async () => {
      const stage = await setStage();
      const { network, library } = stage;
      const worker = joinWorker(network, library);
      const liar = joinLiar(network, library, { slot: 0, element: 3, bit: 30 });
      const keeper = joinKeeper(network);
      const requestId = await stage.request();
      await play(network, [worker]);
      const before = await stage.check(requestId, "committed");
      const commitId = await stage.commitIdOf(requestId);

      while (moves(liar) < count) {
        await tick(liar);
        await play(network, [worker, keeper]);
      }
      const [dispute] = worker.context.journal.disputesOf(commitId);
      const { disputeId } = dispute!;
      const { workersTurn, deadline } = await network.clients.deployer.getTurn({ disputeId });
      expect(workersTurn).to.equal(false);
      await network.advance(Number(deadline - (await network.now())) - 1);
      await play(network, [worker, keeper]);
      expect((await network.clients.deployer.getDispute({ disputeId })).status).to.equal("open");
      await stage.check(requestId, "committed");

      await network.advance(2);
      await play(network, [keeper, worker]);
      expect((await network.clients.deployer.getDispute({ disputeId })).status).to.equal("lost");
      await stage.passDeadline(requestId);
      await play(network, [keeper, worker]);
      const after = await stage.check(requestId, "finalized");
      const { challengeBond } = network.tier;
      expect(gain(before, after, "friend")).to.equal(-challengeBond);
      expect(gain(before, after, "worker")).to.equal((challengeBond * 60n) / 100n + fee);
      expect(after.pendingBurn - before.pendingBurn).to.equal((challengeBond * 40n) / 100n);
      for (const player of [worker, liar, keeper]) player.leave();
    });
  }
});
