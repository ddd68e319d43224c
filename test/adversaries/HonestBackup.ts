// Answers with a defender's key for a worker whose own machine is off.
import type { Arena } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { Replier } from "./HonestWorker.ts";

export class HonestBackup extends Replier {
  constructor(arena: Arena) {
    super(arena, "backup", "worker", 3_600);
  }
}

export const actor: Actor = {
  name: "HonestBackup",
  isHonest: true,
  async play(arena, { backup, watchtower, keeper }) {
    const job = await arena.honestJob();
    // The worker's machine is off: it is not among the players.
    await arena.play([new LyingChallenger(arena, "mallory", job), backup, watchtower, keeper]);
  },
};
