// Answers rightly, and answers every challenge with what the production's plan says.

import type { Trace } from "@assay/sdk/program";
import { requestStruct } from "@assay/sdk/protocol";
import { defenderPlan } from "../../node/strategy/defenderPlan.ts";
import { replies } from "../../node/strategy/replies.ts";
import type { CommitmentView } from "../../node/strategy/views.ts";
import type { Arena, Player } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import type { Party } from "./cast.ts";
import { perform } from "./moves.ts";

/** Replies for the commitments of `account` with the keys of `party`. */
export class Replier implements Player {
  protected readonly arena: Arena;
  readonly #party: Party;
  readonly #account: Party;
  readonly #patienceSeconds: number;
  #wakeAt: bigint | undefined;

  constructor(arena: Arena, party: Party, account: Party, patienceSeconds = 0) {
    this.arena = arena;
    this.#party = party;
    this.#account = account;
    this.#patienceSeconds = patienceSeconds;
  }

  wakeAt = (): bigint | undefined => this.#wakeAt;

  async act(): Promise<number> {
    const now = await this.arena.now();
    const own = (await this.arena.views.live()).filter(({ job }) => job.worker === this.#account);
    const commitments = own.flatMap(({ job, view: { commitment } }) =>
      commitment ? [{ ...commitment, trace: job.told as Trace }] : [],
    );
    const asked = new Map(
      own.flatMap(({ view }) => (view.asked ? [[view.asked.id, view.asked] as const] : [])),
    );
    const plan = defenderPlan(
      { now, commitments, inputs: { missing: new Map(), asked } },
      { patienceSeconds: this.#patienceSeconds },
    );
    this.#wakeAt = undefined;
    if (
      this.#patienceSeconds > 0 &&
      plan.length === 0 &&
      replies(commitments, now, { patienceSeconds: 0 }).length > 0
    )
      this.#wakeAt = now + BigInt(this.#patienceSeconds);
    let accepted = 0;
    for (const action of plan) {
      const job = own.find(({ job }) => "commitId" in action && job.commitId === action.commitId)!.job;
      accepted += await perform(this.arena, this.#party, job, action);
    }
    return accepted + (await this.collect(commitments, now));
  }

  protected async collect(_views: readonly CommitmentView[], _now: bigint): Promise<number> {
    return 0;
  }
}

export class HonestWorker extends Replier {
  constructor(arena: Arena) {
    super(arena, "worker", "worker");
  }

  protected override async collect(views: readonly CommitmentView[], now: bigint): Promise<number> {
    const due = views.filter(
      ({ state, commitment }) =>
        state.status === "committed" && now > state.deadline && commitment.holds === 0,
    );
    if (due.length === 0) return 0;
    const requests = due.slice(0, 64).map(({ request }) => requestStruct(request));
    const { ok } = await this.arena.send("worker", "market", "collect", [
      requests,
      this.arena.addresses.worker,
    ]);
    return Number(ok);
  }
}

export const actor: Actor = {
  name: "HonestWorker",
  isHonest: true,
  async play(arena, crew) {
    await arena.honestJob();
    await arena.play(crew);
  },
};
