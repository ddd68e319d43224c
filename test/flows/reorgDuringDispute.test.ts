// The chain runs backwards in the middle of a dispute. Both sides send again what was undone, and the cheater is slashed.
import { expect } from "chai";
import { type AnvilNetwork, createAnvilNetwork } from "../helpers/anvilNetwork.ts";
import { joinCheater, joinWatchtower, type Player, play, tick } from "../helpers/players.ts";
import { gain, setStage } from "../helpers/stage.ts";

const flip = { slot: 0, element: 3, bit: 30 };
const sent = (player: Player, move: string) =>
  player.events.some((event) => event.kind === "sent" && event.move === move && event.hash !== undefined);

/** What is undone: everything from this move on. */
const undone: [string, "watchtower" | "cheater", string][] = [
  ["the challenge and all that followed", "watchtower", "challenge"],
  ["the bind and all that followed", "cheater", "bindTrace"],
  ["a choice and its reveal", "watchtower", "choose"],
  ["a tile", "cheater", "revealTile"],
];

describe("a re-organisation", () => {
  let network: AnvilNetwork;

  afterEach(() => network.close());

  for (const [name, side, move] of undone) {
    it(`that undoes ${name} delays the slash and nothing else`, async () => {
      network = await createAnvilNetwork();
      const stage = await setStage({ network });
      const cheater = joinCheater(network, stage.library, flip);
      const watchtower = joinWatchtower(network, stage.library);
      const requestId = await stage.request();
      await play(network, [cheater]);
      const before = await stage.check(requestId, "committed");
      const commitId = await stage.commitIdOf(requestId);

      const mover = side === "cheater" ? cheater : watchtower;
      const players = [watchtower, cheater];
      let snapshot: unknown;
      for (let round = 0; round < 60 && !sent(mover, move); round++) {
        snapshot = await network.request("evm_snapshot");
        await tick(players[round % 2]!);
      }
      expect(sent(mover, move), move).to.equal(true);
      await tick(side === "cheater" ? watchtower : cheater); // the other side builds on it

      const { number, hash } = await network.clients.deployer.getBlock();
      await network.request("evm_revert", [snapshot]);
      await network.request("evm_mine"); // another block in its place
      const present = await network.clients.deployer.getBlock();
      expect(present.number <= number && present.hash !== hash).to.equal(true);
      await stage.check(requestId, "committed");

      for (let round = 0; round < 5 && (await stage.statusOf(requestId)) === "committed"; round++) {
        await play(network, players);
      }
      await stage.check(requestId, "slashed");
      const { disputes } = await network.clients.deployer.getBinding({ commitId });
      expect(disputes, "disputes").to.equal(1);
      await network.advance(network.tier.airgapSeconds + 1);
      await play(network, players);
      const after = await stage.check(requestId, "slashed");
      expect(gain(before, after, "watchtower") > 0n).to.equal(true);
      cheater.leave();
      watchtower.leave();
    });
  }
});
