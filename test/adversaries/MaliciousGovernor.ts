// Proposes tiers that serve nobody but itself, hurries them, and tries what belongs to no governor.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "MaliciousGovernor",
  async play(arena, crew) {
    const [right, wrong] = [await arena.honestJob(), await arena.wrongJob()];
    const govern = (name: string, ...args: unknown[]) => arena.send("governor", "parameters", name, args);
    const month = 30 * 24 * 3_600;
    const bad = [
      { minLock: 1n },
      { challengeBond: 1n },
      { gasPrice: 0n },
      { receiptSeconds: 1 },
      { workerSeconds: month },
    ];
    for (const change of bad)
      if ((await govern("propose", { ...arena.tier, ...change })).ok)
        throw new Error("A bad tier was proposed");
    // As dear as a tier may be, so that nobody could work under it: but nothing runs under it.
    const version = Number(await arena.world.parameters.versions()) + 1;
    await govern("propose", { ...arena.tier, challengeBond: arena.tier.minLock });
    if ((await govern("activate", version)).ok) throw new Error("A tier was activated without its delay");
    await arena.send("governor", "market", "slash", [right.commitId, arena.addresses.governor]);
    await arena.send("governor", "vault", "slashToEscrow", [arena.addresses.worker, 1n]);
    const griefer = new LyingChallenger(arena, "accomplice", right);
    await arena.play([griefer, new LyingWorker(arena, wrong), ...crew]);
    await govern("cancelProposal");
  },
};
