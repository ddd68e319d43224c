// The 16 children of a node as the contracts take them.
import type { Hex } from "viem";
import { ARITY, TreeError } from "../../protocol/merkle.ts";

/** The children of a node, in order; absent ones are `EMPTY`. */
export type Children = readonly Hex[];

type Sixteen = readonly [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];

export function sixteen(children: Children): Sixteen {
  if (children.length !== ARITY) {
    throw new TreeError("A node has 16 children.", { facts: { given: children.length } });
  }
  return children as unknown as Sixteen;
}
