// Takes blocks of the chain back in the middle of a dispute, puts its own transactions first, and lets the rest come again.
import type { Player } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "Reorger",
  async play(arena, crew) {
    const [right, wrong] = [await arena.honestJob(), await arena.wrongJob("accomplice")];
    const { networkHelpers, ethers } = arena.world;
    let turns = 0;
    let point = await networkHelpers.takeSnapshot();
    let block = (await ethers.provider.getBlockNumber()) + 1;
    const reorger: Player = {
      act: async () => {
        if (++turns % 4 !== 0 || turns > 16) return 0;
        await point.restore();
        arena.forgetFrom(block);
        // Another challenge comes first now: numbers of disputes are others' than before.
        await arena.send("mallory", "game", "challenge", [right.commitId, right.opening]);
        await arena.send("mallory", "game", "challenge", [wrong.commitId, wrong.opening]);
        point = await networkHelpers.takeSnapshot();
        block = (await ethers.provider.getBlockNumber()) + 1;
        return 1;
      },
    };
    const griefer = new LyingChallenger(arena, "accomplice", right);
    await arena.play([...crew, griefer, new LyingWorker(arena, wrong), reorger]);
  },
};
