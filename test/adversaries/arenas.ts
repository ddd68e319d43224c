// Arenas by what their actors need, opened once.
import { Arena } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { blockingToken } from "./bytecode.ts";
import { addresses } from "./cast.ts";
import { toyScene } from "./scene.ts";

export function createArenas(seed: number): (actor: Actor) => Promise<Arena> {
  const open = new Map<boolean, Promise<Arena>>();
  return ({ blocks = false }) => {
    const factoryOf = blockingToken(addresses.accomplice);
    const arena = open.get(blocks) ?? Arena.open(toyScene(), { seed, ...(blocks && { factoryOf }) });
    open.set(blocks, arena);
    return arena;
  };
}
