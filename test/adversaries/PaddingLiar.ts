// Hides data where the trees have nothing, beside a wrong output.
import { forge } from "../helpers/game.ts";
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "PaddingLiar",
  async play(arena, crew) {
    const job = await arena.wrongJob("mallory", (asked) => {
      const { shape, depth } = asked.right;
      const path = BigInt(arena.random.integer(shape.slots, 16 ** depth - 1));
      const tile = arena.random.bytes(8);
      const { output, outputRoot } = arena.lieAbout(asked);
      const trees = forge(asked.right, { section: "trace", depth, path }, { kind: "tile", tile });
      return { ...trees, output, outputRoot };
    });
    await arena.play([new LyingWorker(arena, job), ...crew]);
  },
};
