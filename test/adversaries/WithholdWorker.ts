// Answers wrongly, replies a few times and is never heard of again.
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "WithholdWorker",
  async play(arena, crew) {
    const job = await arena.wrongJob();
    await arena.play([new LyingWorker(arena, job, { mostReplies: arena.random.integer(0, 3) }), ...crew]);
  },
};
