// What a watchtower's own executions say about a commitment. Only a fault that two executors agree on costs a bond.
import type { Hex } from "@assay/sdk/protocol";

/** An answer as it is compared: its output root, and the number of passes where it took more than one. */
export type AnswerKey = string;

export const answerKey = ({ outputRoot, passes }: { outputRoot: Hex; passes: number }): AnswerKey =>
  passes === 1 ? outputRoot : `${outputRoot} after ${passes} passes`;

/** Answers that this machine computed to the commitment's program and input; undefined where not computed yet. */
export interface Evidence {
  /** By the fast form. */
  fast: AnswerKey | undefined;
  /** By the reference executor, in an execution of its own. */
  reference: AnswerKey | undefined;
  /** Everything that this node has ever computed for the same program and input. */
  seen: readonly AnswerKey[];
  /** Unix seconds from which an execution that could not be done may be tried again. */
  retryAt: bigint | undefined;
}

export type Verdict = "valid" | "invalid" | "unavailable";

/** A verdict, what is still missing for one, or a contradiction on this machine. */
export type Judgement = Verdict | "unchecked" | "unconfirmed" | "contradiction";

/** Judges a committed answer. A single execution can acquit, never convict. */
export function judge(committed: AnswerKey, { fast, reference, seen, retryAt }: Evidence): Judgement {
  const answers = new Set([fast, reference, ...seen].filter((answer) => answer !== undefined));
  if (answers.size > 1) return "contradiction";
  if (fast === undefined) return retryAt === undefined ? "unchecked" : "unavailable";
  if (fast === committed) return "valid";
  if (reference !== undefined) return "invalid";
  return retryAt === undefined ? "unconfirmed" : "unavailable";
}
