// Answers wrongly and moves its stake out while the dispute runs.
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "UnbondRacer",
  async play(arena, crew) {
    const { mallory } = arena.addresses;
    const job = await arena.wrongJob();
    const { free } = await arena.world.vault.account(mallory);
    await arena.send("mallory", "vault", "requestUnbond", [free]);
    const racer = { act: async () => Number((await arena.send("mallory", "vault", "withdraw", [])).ok) };
    await arena.play([racer, new LyingWorker(arena, job, { late: true }), ...crew]);
    await arena.pass(Number(await arena.world.parameters.unbondingSeconds()));
    await arena.send("mallory", "vault", "withdraw", []);
    await arena.send("mallory", "vault", "stake", [mallory, free]);
    const { status } = (await arena.views.of(job)).state;
    if (status !== "slashed") throw new Error("The stake was gone before the slash");
  },
};
