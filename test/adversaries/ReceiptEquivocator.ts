// Signs two answers to one question: one for the payer, one for whoever else asks.
import { unit } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { MalloryChannel, questionOf } from "./channel.ts";

export const actor: Actor = {
  name: "ReceiptEquivocator",
  async play(arena) {
    const channel = await MalloryChannel.open(arena);
    const { right, wrong } = questionOf(arena);
    const answers = [await channel.issue(wrong, 100n * unit), await channel.issue(right, 50n * unit)];
    arena.moves += answers.length;
    const source = arena.world.channels.target;
    const [first, second] = answers;
    const pair = [source, first!.opening, source, second!.opening];
    const exposed = await arena.send("requester", "equivocation", "expose", pair);
    if (!exposed.ok) throw new Error(`Two answers were not exposed: ${exposed.error}`);
    for (const answer of answers) await channel.settle(answer);
    await channel.close();
  },
};
