// A worker that cheats and then goes silent is slashed by the clock, wherever in the dispute it stops answering.
import { expect } from "chai";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import { joinCheater, joinWatchtower, type Player, play, tick } from "../helpers/players.ts";
import { gain, setStage } from "../helpers/stage.ts";

const flip = { slot: 0, element: 3, bit: 30 };
const replies = (player: Player) =>
  player.events.filter(
    (event: RoleEvent) => event.kind === "sent" && ["bindTrace", "reveal", "revealTile"].includes(event.move),
  ).length;

const silences: [string, number][] = [
  ["does not bind", 0],
  ["binds and reveals nothing", 1],
  ["reveals a node and not its tile", 2],
];

describe("a silent worker", () => {
  for (const [name, moves] of silences) {
    it(`loses its lock when it ${name}`, async () => {
      const stage = await setStage();
      const { network, library } = stage;
      const cheater = joinCheater(network, library, flip);
      const watchtower = joinWatchtower(network, library);
      const requestId = await stage.request();
      await play(network, [cheater]);
      const before = await stage.check(requestId, "committed");
      const commitId = await stage.commitIdOf(requestId);

      await play(network, [watchtower]);
      while (replies(cheater) < moves) {
        await tick(cheater);
        await play(network, [watchtower]);
      }
      await stage.check(requestId, "committed");
      expect((await network.clients.deployer.getCommitment({ commitId })).holds).to.equal(1);

      // A second before the end of its clock the worker could still answer.
      const [dispute] = watchtower.context.journal.disputesOf(commitId);
      const { disputeId } = dispute!;
      const { workersTurn, deadline } = await network.clients.deployer.getTurn({ disputeId });
      expect(workersTurn).to.equal(true);
      await network.advance(Number(deadline - (await network.now())) - 1);
      await play(network, [watchtower]);
      await stage.check(requestId, "committed");
      await network.advance(2);
      await play(network, [watchtower]);
      await stage.check(requestId, "slashed");
      expect(watchtower.events.find(({ kind }) => kind === "timedOut")).to.include({
        disputeId,
        workerLost: true,
      });

      await network.advance(network.tier.airgapSeconds + 1);
      await play(network, [watchtower]);
      const after = await stage.check(requestId, "slashed");
      expect(gain(before, after, "watchtower") > 0n).to.equal(true);
      expect(gain(before, after, "requester") > 0n).to.equal(true);
      cheater.leave();
      watchtower.leave();
    });
  }
});
