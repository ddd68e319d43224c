// Keeps every transaction of honest parties out of the blocks, twice for as long as the tier reckons with.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

/** What the tiers for real chains allow for one inclusion, censorship included; deploy/parameters.ts. */
const inclusion = 12n * 3_600n;

export const actor: Actor = {
  name: "Censor",
  async play(arena, crew) {
    const [right, wrong] = [await arena.honestJob(), await arena.wrongJob("accomplice")];
    let until = 0n;
    let left = 2;
    arena.intercept = async () => {
      const now = await arena.now();
      if (now < until) return true;
      if (left === 0 || now < until + 60n) return false;
      left--;
      until = now + inclusion - 60n;
      arena.moves++;
      return true;
    };
    const censor = { act: async () => 0, wakeAt: () => (until > 0n ? until : undefined) };
    const griefer = new LyingChallenger(arena, "mallory", right);
    await arena.play([griefer, new LyingWorker(arena, wrong), censor, ...crew]);
  },
};
