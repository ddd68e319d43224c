// Disputes a right answer many times over, and calls time at once.
import type { Arena, Job, Player } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";

/** Says that the worker is out of time as soon as a dispute is open. */
export class Impatient implements Player {
  #tried = new Set<string>();
  readonly #arena: Arena;
  readonly #job: Job;

  constructor(arena: Arena, job: Job) {
    this.#arena = arena;
    this.#job = job;
  }

  async act(): Promise<number> {
    const { commitment } = await this.#arena.views.of(this.#job);
    for (const { disputeId } of commitment?.disputes ?? []) {
      if (this.#tried.has(disputeId)) continue;
      this.#tried.add(disputeId);
      const { ok } = await this.#arena.send("mallory", "game", "timeout", [disputeId]);
      if (ok) return 1;
    }
    return 0;
  }
}

export const actor: Actor = {
  name: "GriefChallenger",
  async play(arena, crew) {
    const job = await arena.honestJob();
    const disputes = arena.random.integer(4, 8);
    const griefer = new LyingChallenger(arena, "mallory", job, { disputes });
    await arena.play([griefer, new Impatient(arena, job), ...crew]);
  },
};
