// Disputes a right answer in the last second of its window, and makes each move in the last second that it has.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";

export const actor: Actor = {
  name: "LastSecondChallenger",
  async play(arena, crew) {
    const job = await arena.honestJob();
    await arena.play([new LyingChallenger(arena, "mallory", job, { late: true }), ...crew]);
  },
};
