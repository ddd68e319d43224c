// Binds itself to a tree with hashes of nothing in it: whoever descends to one finds nobody who can open it.
import { forge } from "../helpers/game.ts";
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "GarbageTreeWorker",
  async play(arena, crew) {
    const depth = arena.random.integer(1, 2);
    const job = await arena.wrongJob("mallory", (asked) => {
      const lie = arena.lieAbout(asked);
      const path = BigInt(arena.random.integer(0, depth === 1 ? 1 : 31));
      return {
        ...forge(asked.right, { section: "trace", depth, path }, { kind: "unknown" }),
        ...answerOf(lie),
      };
    });
    await arena.play([new LyingWorker(arena, job), ...crew]);
  },
};

/** The wrong output, beside whatever tree. */
const answerOf = ({ output, outputRoot }: { output: Uint8Array; outputRoot: `0x${string}` }) => ({
  output,
  outputRoot,
});
