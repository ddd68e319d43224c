// Executes every answer, challenges the wrong ones and plays to the end: the production's plan, on an arena's chain.
import type { Hex } from "@assay/sdk/protocol";
import type { AskedInput } from "../../node/strategy/inputPlan.ts";
import { answerKey, type Evidence } from "../../node/strategy/judgement.ts";
import {
  type WatchedCommitment,
  type WatchtowerLimits,
  watchtowerPlan,
} from "../../node/strategy/watchtowerPlan.ts";
import type { Arena, Job, Player } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { perform } from "./moves.ts";
import { descended } from "./views.ts";

const limits: WatchtowerLimits = {
  challenge: true,
  bondBudget: undefined,
  parallelChecks: 64,
  marginSeconds: 60,
  inputTries: 3,
};
const unknown: Evidence = { fast: undefined, reference: undefined, seen: [], retryAt: undefined };

export class HonestWatchtower implements Player {
  readonly #arena: Arena;
  readonly #evidence = new Map<Hex, Evidence>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  async act(): Promise<number> {
    const arena = this.#arena;
    const jobs = new Map<Hex, Job>();
    const commitments: WatchedCommitment[] = [];
    const asked = new Map<Hex, AskedInput>();
    for (const { job, view } of await arena.views.live()) {
      if (view.commitment === undefined) continue;
      jobs.set(job.commitId!, job).set(job.requestId, job);
      for (const { disputeId } of view.commitment.disputes) jobs.set(disputeId, job);
      if (view.asked) asked.set(view.asked.id, view.asked);
      const evidence = this.#evidence.get(job.requestId) ?? unknown;
      commitments.push({ ...descended(view.commitment, job), evidence, inputBond: undefined });
    }
    if (commitments.length === 0) return 0;
    const challenger = arena.addresses.watchtower;
    const { credit } = await arena.world.vault.account(challenger);
    const state = {
      now: await arena.now(),
      challenger,
      wallet: (await arena.world.token.balanceOf(challenger)) as bigint,
      coins: 10n ** 20n,
      spentToday: 0n,
      maxFeePerGas: 1n,
      credit: credit as bigint,
      checkSeconds: new Map<Hex, number>(),
      commitments,
      refuted: new Set<Hex>(),
      distrusted: new Set<Hex>(),
      inputs: { missing: new Map(), asked },
      health: { endpointsAgree: true, headFresh: true },
    };
    let progress = 0;
    for (const action of watchtowerPlan(state, limits)) {
      if (action.kind === "check" || action.kind === "confirm") {
        this.#execute(jobs.get(action.commitId)!, action.kind);
        progress++;
        continue;
      }
      const ids = action as Partial<Record<"commitId" | "disputeId" | "requestId", Hex>>;
      const job = jobs.get(ids.commitId ?? ids.disputeId ?? ids.requestId ?? "0x");
      progress += await perform(arena, "watchtower", job ?? arena.jobs[0]!, action);
    }
    return progress;
  }

  #execute({ requestId, right }: Job, kind: "check" | "confirm"): void {
    const before = this.#evidence.get(requestId) ?? unknown;
    const answer = answerKey(right);
    this.#evidence.set(requestId, { ...before, [kind === "check" ? "fast" : "reference"]: answer });
  }
}

export const actor: Actor = {
  name: "HonestWatchtower",
  isHonest: true,
  async play(arena, crew) {
    await arena.honestJob();
    await arena.wrongJob();
    await arena.honestJob();
    await arena.play(crew);
  },
};
