// Answers wrongly in the last second, replies in the last second, and asks for its fee once the window is over.
import type { Actor } from "./actor.ts";
import { LyingWorker } from "./lyingWorker.ts";
import { grab } from "./WrongOutputWorker.ts";

export const actor: Actor = {
  name: "LastSecondWorker",
  async play(arena, crew) {
    const job = await arena.ask({ worker: "mallory" });
    await arena.claim(job, "mallory");
    const { state } = await arena.views.of(job);
    await arena.commit(job, arena.lieAbout(job), state.deadline);
    let isTried = false;
    const grabber = {
      act: async () => {
        const { state: present } = await arena.views.of(job);
        if (isTried || present.status !== "committed" || (await arena.now()) <= present.deadline) return 0;
        isTried = true;
        return Number((await grab(arena, job)).ok);
      },
    };
    await arena.play([new LyingWorker(arena, job, { late: true }), grabber, ...crew]);
  },
};
