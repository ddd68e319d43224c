// Is refused by the token, whatever is to be paid to it: as the worker of an answer, and as a challenger.
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

export const actor: Actor = {
  name: "BlocklistedReceiver",
  blocks: true,
  async play(arena, crew) {
    const answered = await arena.ask({ worker: "accomplice" });
    await arena.claim(answered, "accomplice");
    await arena.commit(answered, answered.right);
    const wrong = await arena.wrongJob();
    const first = new LyingChallenger(arena, "accomplice", wrong, { trace: wrong.right });
    await arena.play([first, new LyingWorker(arena, wrong), ...crew]);
    const { accomplice } = arena.addresses;
    const { credit } = await arena.world.vault.account(accomplice);
    if (credit === 0n) throw new Error("Nothing was credited to the blocked account");
    const { ok } = await arena.send("accomplice", "vault", "claimCredit", [accomplice]);
    if (ok) throw new Error("The token paid the blocked account");
  },
};
