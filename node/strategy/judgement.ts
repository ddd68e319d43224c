// What a watchtower's own executions say about a commitment. Only a fault that two executors agree on costs a bond.
import type { Hex } from "@assay/sdk/protocol";

/** Output roots that this machine computed for the commitment's program and input; undefined where not computed yet. */
export interface Evidence {
  /** By the fast form. */
  fast: Hex | undefined;
  /** By the reference executor, in an execution of its own. */
  reference: Hex | undefined;
  /** Everything that this node has ever computed for the same program and input. */
  seen: readonly Hex[];
  /** Unix seconds from which an execution that could not be done may be tried again. */
  retryAt: bigint | undefined;
}

export type Verdict = "valid" | "invalid" | "unavailable";

/** A verdict, what is still missing for one, or a contradiction on this machine. */
export type Judgement = Verdict | "unchecked" | "unconfirmed" | "contradiction";

/** Judges a committed output root. A single execution can acquit, never convict. */
export function judge(outputRoot: Hex, { fast, reference, seen, retryAt }: Evidence): Judgement {
  const roots = new Set([fast, reference, ...seen].filter((root) => root !== undefined));
  if (roots.size > 1) return "contradiction";
  if (fast === undefined) return retryAt === undefined ? "unchecked" : "unavailable";
  if (fast === outputRoot) return "valid";
  if (reference !== undefined) return "invalid";
  return retryAt === undefined ? "unconfirmed" : "unavailable";
}
