// The challenger's next move: always into the first child that differs from its own, until one element decides.
import { OUTPUT_ROOT, type StepProof } from "../protocol/index.ts";
import { WIDTH } from "./dtype.ts";
import { stepAt } from "./program.ts";
import { type Descent, isMisplaced, proveMisplaced, proveStep, wayDown } from "./prove.ts";
import type { Trace } from "./trace.ts";

export type Move =
  | { readonly move: "choose"; readonly index: number }
  | { readonly move: "chooseOutput" }
  | { readonly move: "prove"; readonly proof: StepProof }
  /** It is the worker's turn to reveal the node. */
  | { readonly move: "wait" }
  /** The worker has what this trace has: nothing can be proven below. */
  | { readonly move: "none" };

function firstDifference<T>(theirs: ArrayLike<T>, own: ArrayLike<T>): number {
  for (let index = 0; index < theirs.length; index++) if (theirs[index] !== own[index]) return index;
  return -1;
}

/**
 * The challenger's next move, `trace` being its own execution. At the trace root, where every dispute begins, it goes into
 * the trace if that differs, else into the output.
 */
export function nextMove(trace: Trace, descent: Descent): Move {
  const { position, outputRoot } = descent;
  const { node } = wayDown(descent);
  if (node === trace.node(position)) {
    const isStart = position.section === "trace" && position.depth === 0;
    return { move: isStart && outputRoot !== trace.node(OUTPUT_ROOT) ? "chooseOutput" : "none" };
  }
  if (isMisplaced(trace, descent)) return { move: "prove", proof: proveMisplaced(trace, descent) };
  const content = descent.revealed(node);
  const place = trace.placeOf(position);
  if (content?.kind === "inner") {
    return { move: "choose", index: firstDifference(content.children, trace.children(position)) };
  }
  if (content?.kind !== "tile" || place.kind !== "tile") return { move: "wait" };
  const { out } = stepAt(trace.committed.program, place.step);
  const own = trace.tileBytes(place.step, place.tile);
  const element = Math.floor(firstDifference(content.tile, own) / WIDTH[out.dtype]);
  return { move: "prove", proof: proveStep(trace, descent, element) };
}
