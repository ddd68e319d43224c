// Asks about an input that it keeps to itself, and shows it to nobody once a worker has taken the question on.
import { requestStruct } from "@assay/sdk/protocol";
import type { Actor } from "./actor.ts";

export const actor: Actor = {
  name: "InputHider",
  async play(arena, crew) {
    const job = await arena.ask({ requester: "mallory", worker: "worker", hidden: true });
    await arena.claim(job, "worker");
    const { ok } = await arena.send("worker", "inputRequests", "inputUnavailable", [
      requestStruct(job.request),
    ]);
    if (!ok) throw new Error("The worker could not ask for the input");
    await arena.play(crew);
  },
};
