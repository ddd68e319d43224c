// Sees what honest parties send before it is in a block, and sends it first: as it is, under its own dispute, or spoilt.
import type { Hex } from "@assay/sdk/protocol";
import type { Arena } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import type { Pending } from "./Chain.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

const garbage = Array.from(
  { length: 16 },
  (_, index): Hex => `0x${index.toString(16).padStart(2, "0").repeat(32)}`,
);

function copier(arena: Arena) {
  const copies = new Map<string, Hex>();
  return async ({ contract, name, args }: Pending): Promise<boolean> => {
    if (name === "claimCredit" || name === "request") return false;
    // The honest worker's own binding, with other children.
    if (name === "bindTrace") await arena.send("mallory", contract, name, [args[0], garbage]);
    const outcome = await arena.send("mallory", contract, name, args);
    const opened = outcome.events.find((event) => event.name === "Challenged");
    if (opened) copies.set(String(args[0]), opened.args.disputeId as Hex);
    // A move of another's dispute, made in the own one.
    const dispute = arena.jobs.find(({ events }) => events.some((event) => event.args.disputeId === args[0]));
    const own = dispute && copies.get(dispute.commitId!);
    if (own !== undefined && !outcome.ok)
      await arena.send("mallory", contract, name, [own, ...args.slice(1)]);
    return false;
  };
}

export const actor: Actor = {
  name: "FrontRunner",
  async play(arena, crew) {
    arena.intercept = copier(arena);
    const [right, wrong] = [await arena.honestJob(), await arena.wrongJob("accomplice")];
    const griefer = new LyingChallenger(arena, "accomplice", right);
    await arena.play([griefer, new LyingWorker(arena, wrong), ...crew]);
  },
};
