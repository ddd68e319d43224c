// Pauses in the middle of disputes and turns a right slash into a refund; and tries what no guardian may.
import type { Player } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

const pause = 7 * 24 * 3_600;

export const actor: Actor = {
  name: "ConfusedGuardian",
  async play(arena, crew) {
    const [right, wrong] = [await arena.honestJob(), await arena.wrongJob()];
    const guard = (name: string, ...args: unknown[]) => arena.send("guardian", "market", name, args);
    if (!(await guard("pauseNew", pause)).ok) throw new Error("The guardian could not pause");
    await guard("pauseNew", pause);
    await guard("slash", right.commitId, arena.addresses.guardian);
    let isFlipped = false;
    const guardian: Player = {
      act: async () => {
        const { state } = await arena.views.of(wrong);
        if (isFlipped || state.status !== "slashed") return 0;
        isFlipped = true;
        return Number((await guard("flipToRefund", wrong.commitId)).ok);
      },
    };
    await arena.play([
      guardian,
      new LyingChallenger(arena, "accomplice", right),
      new LyingWorker(arena, wrong),
      ...crew,
    ]);
    await guard("flipToRefund", wrong.commitId);
    await guard("flipToRefund", right.commitId);
    await arena.pass(2 * pause);
  },
};
