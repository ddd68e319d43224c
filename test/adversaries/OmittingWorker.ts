// Leaves a receipt out of its epoch's root, as if it had never signed it.
import { bytesToHex } from "@assay/sdk/protocol";
import { unit } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { MalloryChannel, questionOf } from "./channel.ts";

export const actor: Actor = {
  name: "OmittingWorker",
  async play(arena) {
    const channel = await MalloryChannel.open(arena);
    await channel.newEpoch();
    const left = await channel.issue(questionOf(arena).right, 20n * unit);
    const { tree, epoch } = await channel.postEpoch([await channel.issue(questionOf(arena).right, 1n)]);
    await arena.jump((epoch + 2n) * channel.epochSeconds + 1n);
    const question = [left.receipt, left.signature, bytesToHex(left.input)];
    const asked = await arena.send("requester", "epochs", "demandInclusion", question);
    if (!asked.ok) throw new Error(`The inclusion was not demanded: ${asked.error}`);
    // The place of another receipt is no answer.
    const place = [left.receipt, tree.entryProof(channel.id), tree.receiptProof(channel.id, 0)];
    if ((await arena.send("mallory", "epochs", "showInclusion", place)).ok)
      throw new Error("Another receipt's place was taken for an answer");
    await arena.pass(arena.tier.inputSeconds + 1);
    const slashed = await arena.send("keeper", "epochs", "timeoutInclusion", [left.receipt]);
    if (!slashed.ok) throw new Error(`An omission was not slashed: ${slashed.error}`);
    await channel.settle(left);
    await channel.close();
  },
};
