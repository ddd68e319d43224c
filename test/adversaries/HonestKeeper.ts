// Moves on whatever has run out of time: the production's plan, on an arena's chain.
import type { Hex } from "@assay/sdk/protocol";
import { keeperPlan } from "../../node/strategy/keeperPlan.ts";
import type { Arena, Job, Player } from "./Arena.ts";
import { perform } from "./moves.ts";

export class HonestKeeper implements Player {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  async act(): Promise<number> {
    const arena = this.#arena;
    const live = await arena.views.live();
    const jobs = new Map<Hex, Job>();
    for (const { job, view } of live) {
      jobs.set(job.requestId, job);
      if (job.commitId) jobs.set(job.commitId, job);
      for (const { disputeId } of view.commitment?.disputes ?? []) jobs.set(disputeId, job);
    }
    const plan = keeperPlan(
      {
        now: await arena.now(),
        requests: live.filter(({ job }) => job.commitId === undefined).map(({ view }) => view),
        commitments: live.flatMap(({ view }) => view.commitment ?? []),
        deliveries: [],
        asked: live.flatMap(({ view }) => view.asked ?? []),
      },
      { patienceSeconds: 0, mostTries: 3 },
    );
    let accepted = 0;
    for (const action of plan) {
      const ids = action as Partial<Record<"commitId" | "disputeId" | "requestId", Hex>>;
      const job = jobs.get(ids.commitId ?? ids.disputeId ?? ids.requestId ?? "0x");
      if (job) accepted += await perform(arena, "keeper", job, action);
    }
    return accepted;
  }
}
