// Stakes next to nothing: for itself to answer without risk, for others to move their timers, in crumbs to fill lists.

import { unit } from "./Arena.ts";
import type { Actor } from "./actor.ts";

const tranches = 16;

export const actor: Actor = {
  name: "DustStaker",
  async play(arena, crew) {
    const { worker, mallory, governor } = arena.addresses;
    await arena.send("governor", "vault", "stake", [governor, 1n]);
    const job = await arena.ask();
    if ((await arena.claim(job, "governor")).ok) throw new Error("A claim went without a lock");
    await arena.send("worker", "vault", "requestUnbond", [unit]);
    for (let crumb = 0; crumb < 3; crumb++) await arena.send("mallory", "vault", "stake", [worker, 1n]);
    for (let crumb = 0; crumb <= tranches; crumb++)
      await arena.send("mallory", "vault", "requestUnbond", [1n]);
    await arena.claim(job, "worker");
    await arena.commit(job, job.right);
    await arena.play(crew);
    await arena.pass(Number(await arena.world.parameters.unbondingSeconds()));
    const { ok } = await arena.send("worker", "vault", "withdraw", []);
    if (!ok) throw new Error("Crumbs held up a withdrawal");
    await arena.send("mallory", "vault", "withdraw", []);
    await arena.send("worker", "vault", "stake", [worker, unit]);
    await arena.send("mallory", "vault", "stake", [mallory, BigInt(tranches)]);
  },
};
