// Has its consumer answer with a megabyte, for which whoever delivers would pay.
import type { Actor } from "./actor.ts";
import { returnBomb } from "./bytecode.ts";
import { answerRightly, askFor, deliverTwice, deploy, nextContract } from "./consumer.ts";

export const actor: Actor = {
  name: "ReturnBombConsumer",
  async play(arena, crew) {
    const consumer = await nextContract(arena);
    await deploy(arena, returnBomb);
    const job = await askFor(arena, consumer);
    await answerRightly(arena, job);
    const taken = await deliverTwice(arena, job, crew);
    if (taken.length !== 2 || taken.some(Boolean)) throw new Error("A call that failed counts as delivered");
  },
};
