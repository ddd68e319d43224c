// Signs more liability in one epoch than stands behind its channel.
import type { Actor } from "./actor.ts";
import { allotment, MalloryChannel, questionOf } from "./channel.ts";

export const actor: Actor = {
  name: "OverCommitter",
  async play(arena) {
    const channel = await MalloryChannel.open(arena);
    await channel.newEpoch();
    const issued = [];
    for (let count = 0; count < 3; count++)
      issued.push(await channel.issue(questionOf(arena).right, allotment / 2n));
    arena.moves += issued.length;
    const { tree, epoch } = await channel.postEpoch(issued);
    const charge = [1, epoch, tree.entryProof(channel.id)];
    const charged = await arena.send("watchtower", "epochs", "overCommitted", charge);
    if (!charged.ok) throw new Error(`Too much liability was not charged: ${charged.error}`);
    await channel.close();
  },
};
