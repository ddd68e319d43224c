// Disputes a right answer and is silent from some move on.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";

export const actor: Actor = {
  name: "SilentChallenger",
  async play(arena, crew) {
    const job = await arena.honestJob();
    const mostMoves = arena.random.integer(0, 2);
    await arena.play([new LyingChallenger(arena, "mallory", job, { mostMoves, disputes: 2 }), ...crew]);
  },
};
