// A worker that stands for a wrong answer, and shows of its trees what it can.
import { standing } from "../../node/strategy/turns.ts";
import type { Arena, Job, Player } from "./Arena.ts";
import type { Party } from "./cast.ts";
import { childrenOf, perform } from "./moves.ts";

export interface LyingOptions {
  /** Answers in the last second that it has. */
  late?: boolean;
  /** Answers so often, and no more. */
  mostReplies?: number;
}

export class LyingWorker implements Player {
  protected readonly arena: Arena;
  readonly #party: Party;
  readonly #job: Job;
  readonly #options: LyingOptions;
  #replies = 0;
  #wakeAt: bigint | undefined;

  constructor(arena: Arena, job: Job, options: LyingOptions = {}) {
    this.arena = arena;
    this.#party = job.worker!;
    this.#job = job;
    this.#options = options;
  }

  wakeAt = (): bigint | undefined => this.#wakeAt;

  async act(): Promise<number> {
    this.#wakeAt = undefined;
    const { commitment } = await this.arena.views.of(this.#job);
    if (commitment?.state.status !== "committed") return 0;
    const now = await this.arena.now();
    const due = commitment.disputes
      .map((view) => ({ ...view, standing: standing(view, commitment, now) }))
      .filter((view) => view.standing.waitingFor === "worker");
    for (const { dispute, standing } of due) {
      const { deadline } = standing.turn;
      if (this.#replies >= (this.#options.mostReplies ?? Number.POSITIVE_INFINITY)) return 0;
      if (this.#options.late && now < deadline - 1n) {
        if (this.#wakeAt === undefined || deadline - 1n < this.#wakeAt) this.#wakeAt = deadline - 1n;
        continue;
      }
      const at = this.#options.late ? deadline : undefined;
      const { commitId } = commitment;
      let accepted: number;
      if (commitment.binding.boundAt === 0n) {
        const args = [commitId, childrenOf(this.#job)];
        accepted = Number((await this.arena.send(this.#party, "game", "bindTrace", args, at)).ok);
      } else {
        const { node, position } = dispute;
        const reply = { kind: "reveal", commitId, node, position, deadline } as const;
        accepted = await perform(this.arena, this.#party, this.#job, reply, at);
      }
      this.#replies += accepted;
      if (accepted > 0) return accepted; // what was shown may answer the others
    }
    return 0;
  }
}
