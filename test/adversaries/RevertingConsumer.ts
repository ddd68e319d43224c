// Has its consumer refuse every call: the worker must be paid all the same.
import type { Actor } from "./actor.ts";
import { reverting } from "./bytecode.ts";
import { answerRightly, askFor, deliverTwice, deploy, nextContract } from "./consumer.ts";

export const actor: Actor = {
  name: "RevertingConsumer",
  async play(arena, crew) {
    const consumer = await nextContract(arena);
    await deploy(arena, reverting);
    const job = await askFor(arena, consumer);
    await answerRightly(arena, job);
    const taken = await deliverTwice(arena, job, crew);
    if (taken.length !== 2 || taken.some(Boolean)) throw new Error("A call that failed counts as delivered");
  },
};
