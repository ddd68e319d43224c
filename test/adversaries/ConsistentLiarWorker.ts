// One wrong value early on, and everything after it computed rightly from there.
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "ConsistentLiarWorker",
  async play(arena, crew) {
    const job = await arena.wrongJob("mallory", (asked) => {
      for (;;) {
        const lie = arena.lieAbout(asked);
        if (lie.traceRoot !== asked.right.traceRoot) return lie;
      }
    });
    await arena.play([new LyingWorker(arena, job), ...crew]);
  },
};
