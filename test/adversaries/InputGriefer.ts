// Makes a worker post inputs that anybody could have had, twice if it could, and those that stand on the chain.
import type { Job } from "./Arena.ts";
import type { Actor } from "./actor.ts";

export const actor: Actor = {
  name: "InputGriefer",
  async play(arena, crew) {
    const ask = ({ commitId, opening }: Job) =>
      arena.send("mallory", "inputRequests", "requestInput", [arena.world.market.target, commitId, opening]);
    const [hidden, open] = [await arena.honestJob({ hidden: true }), await arena.honestJob()];
    await arena.pass(arena.tier.windowSeconds - 60);
    if (!(await ask(hidden)).ok) throw new Error("The input could not be asked for");
    if ((await ask(hidden)).ok || (await ask(open)).ok) throw new Error("An input was asked for in vain");
    await arena.play([...crew, { act: async () => Number((await ask(hidden)).ok) }]);
  },
};
