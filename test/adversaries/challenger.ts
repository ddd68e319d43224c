// A challenger that plays by what it computed wrongly, or pretends to: the production's own moves from a wrong trace.
import type { Trace } from "@assay/sdk/program";
import { type ChallengerMove, challengerMove } from "../../node/strategy/challengerMoves.ts";
import { isSame } from "../../node/strategy/claims.ts";
import { standing } from "../../node/strategy/turns.ts";
import type { CommitmentView, DisputeView } from "../../node/strategy/views.ts";
import type { Arena, Job, Player } from "./Arena.ts";
import type { Party } from "./cast.ts";
import { perform } from "./moves.ts";
import { descended } from "./views.ts";

export interface ChallengerOptions {
  /** What it says is right. */
  trace?: Trace;
  /** Opens in the last second of the window, and makes each move in the last second that it has. */
  late?: boolean;
  /** Makes so many moves after the challenge, and no more. */
  mostMoves?: number;
  /** Disputes at a time. */
  disputes?: number;
}

export class LyingChallenger implements Player {
  protected readonly arena: Arena;
  protected readonly job: Job;
  protected readonly party: Party;
  protected readonly options: ChallengerOptions;
  readonly #trace: Trace;
  #opened = 0;
  #moves = 0;
  #wakeAt: bigint | undefined;

  constructor(arena: Arena, party: Party, job: Job, options: ChallengerOptions = {}) {
    this.arena = arena;
    this.job = job;
    this.party = party;
    this.options = options;
    this.#trace = options.trace ?? arena.lieAbout(job);
  }

  wakeAt = (): bigint | undefined => this.#wakeAt;

  async act(): Promise<number> {
    this.#wakeAt = undefined;
    const { commitment } = await this.arena.views.of(this.job);
    if (commitment?.state.status !== "committed") return 0;
    const now = await this.arena.now();
    if (this.#opened < (this.options.disputes ?? 1)) return this.#open(commitment, now);
    let accepted = 0;
    for (const view of commitment.disputes) {
      if (!isSame(view.dispute.challenger, this.arena.addresses[this.party])) continue;
      if (standing(view, commitment, now).waitingFor !== "challenger") continue;
      if (this.#moves >= (this.options.mostMoves ?? Number.POSITIVE_INFINITY)) continue;
      accepted += await this.#move(view, commitment, now);
    }
    return accepted;
  }

  async #open({ state, commitId }: CommitmentView, now: bigint): Promise<number> {
    const at = this.#lastSecond(state.deadline, now);
    if (at === "wait") return 0;
    this.#opened++;
    const { ok } = await this.arena.send(this.party, "game", "challenge", [commitId, this.job.opening], at);
    return Number(ok);
  }

  async #move(view: DisputeView, commitment: CommitmentView, now: bigint): Promise<number> {
    const { turn } = standing(view, commitment, now);
    const at = this.#lastSecond(turn.deadline, now);
    if (at === "wait") return 0;
    const move = this.moveOf(view, commitment, now);
    if (move === undefined) return 0;
    const accepted = await perform(this.arena, this.party, this.job, move, at);
    this.#moves += accepted;
    return accepted;
  }

  protected moveOf(view: DisputeView, commitment: CommitmentView, now: bigint): ChallengerMove | undefined {
    return challengerMove(view, descended(commitment, this.job, this.#trace), now);
  }

  /** When to send: now, at the deadline, or not yet. */
  #lastSecond(deadline: bigint, now: bigint): bigint | undefined | "wait" {
    if (this.options.late !== true) return undefined;
    if (now >= deadline - 1n) return deadline;
    const wake = deadline - 1n;
    if (this.#wakeAt === undefined || wake < this.#wakeAt) this.#wakeAt = wake;
    return "wait";
  }
}
