// Answers wrongly and has a friend prove it, to bring its stake home as a reward.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "SelfReporter",
  async play(arena, crew) {
    const job = await arena.wrongJob();
    const friend = new LyingChallenger(arena, "accomplice", job, { trace: job.right });
    await arena.play([friend, new LyingWorker(arena, job), ...crew]);
  },
};
