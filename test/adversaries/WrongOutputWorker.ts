// Answers wrongly, and asks for its fee as often as it can before anybody has checked.
import { requestStruct } from "@assay/sdk/protocol";
import type { Arena, Job } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";

/** Tries to be paid. */
export const grab = (arena: Arena, { request, worker }: Job) =>
  arena.send(worker!, "market", "collect", [[requestStruct(request)], arena.addresses[worker!]]);

export const actor: Actor = {
  name: "WrongOutputWorker",
  async play(arena, crew) {
    const job = await arena.wrongJob();
    await grab(arena, job);
    await arena.play([new LyingWorker(arena, job), ...crew]);
    await grab(arena, job);
  },
};
