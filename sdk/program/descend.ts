// The challenger's next move: always into the first child that differs from its own, until one element decides.
import { OUTPUT_ROOT, type Position, type StepProof } from "../protocol/index.ts";
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
 * The leaf that decides where the number of passes is another one than claimed: what Stop showed in the last pass that both have.
 * Undefined where they agree.
 */
function stopLeaf({ shape, passes }: Trace, claimed: number): number | undefined {
  return passes === claimed ? undefined : Math.min(passes, claimed) * shape.slots - 1;
}

/** The child of the node at a position that leads to a trace leaf; undefined where the leaf is not below it. */
function childTowards(trace: Trace, { section, depth, path }: Position, leaf: number): number | undefined {
  const levels = trace.depth - depth;
  if (section === "output" || levels <= 0) return undefined;
  const below = BigInt(leaf) >> BigInt(4 * (levels - 1));
  return below >> 4n === path ? Number(below & 15n) : undefined;
}

const isAtLeaf = ({ depth, path, section }: Position, trace: Trace, leaf: number): boolean =>
  section === "trace" && depth === trace.depth && path === BigInt(leaf);

/**
 * The challenger's next move, `trace` being its own execution. At the trace root, where every dispute begins, it goes into
 * the trace if that differs, else into the output. Where the worker claims another number of passes, it goes no further right than
 * to the leaf that shows it.
 */
export function nextMove(trace: Trace, descent: Descent): Move {
  const { position, outputRoot } = descent;
  const { node } = wayDown(descent);
  const leaf = stopLeaf(trace, descent.passes);
  const towards = leaf === undefined ? undefined : childTowards(trace, position, leaf);
  const isThere = leaf !== undefined && isAtLeaf(position, trace, leaf);
  if (node === trace.node(position) && towards === undefined && !isThere) {
    const isStart = position.section === "trace" && position.depth === 0;
    return { move: isStart && outputRoot !== trace.node(OUTPUT_ROOT) ? "chooseOutput" : "none" };
  }
  if (isMisplaced(trace, descent)) return { move: "prove", proof: proveMisplaced(trace, descent) };
  const content = descent.revealed(node);
  const place = trace.placeOf(position, descent.passes);
  if (content?.kind === "inner") {
    const different = firstDifference(content.children, trace.children(position));
    const index = towards === undefined || (different >= 0 && different < towards) ? different : towards;
    return { move: "choose", index };
  }
  if (content?.kind !== "tile" || place.kind !== "tile") return { move: "wait" };
  const { out } = stepAt(trace.committed.program, place.step);
  const own = trace.tileBytes(place.step, place.tile, place.pass);
  const different = Math.floor(firstDifference(content.tile, own) / WIDTH[out.dtype]);
  return { move: "prove", proof: proveStep(trace, descent, Math.max(0, different)) };
}
