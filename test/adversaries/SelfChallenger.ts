// Answers wrongly and has a friend challenge first, to lose on purpose and leave no room for an honest challenge.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "SelfChallenger",
  async play(arena, crew) {
    const job = await arena.wrongJob();
    const friend = new LyingChallenger(arena, "accomplice", job, { disputes: 3, trace: arena.lieAbout(job) });
    await arena.play([friend, new LyingWorker(arena, job), ...crew]);
  },
};
