// A dispute played in memory: an honest challenger descends what a worker, honest or not, reveals.
import { claimOf, nextMove, type Revealed, StepProofError, type Trace, verifyStep } from "@assay/sdk/program";
import {
  bytesToHex,
  type Claim,
  child,
  EMPTY,
  type Hex,
  hexToBytes,
  type NodeKind,
  nodeHash,
  OUTPUT_ROOT,
  type Position,
  type StepProof,
  sha256,
  TRACE_ROOT,
  tileHash,
  type Verdict,
} from "@assay/sdk/protocol";

/** What a worker commits to, binds and reveals. */
export interface WorkerTrees {
  readonly traceRoot: Hex;
  readonly outputRoot: Hex;
  readonly passes: number;
  reveal(position: Position): Revealed | undefined;
}

export interface GameEnd {
  /**
   * What the judge said; `refused` when it took no proof, `timeout` when the worker had nothing to reveal, `none` when nothing was
   * wrong.
   */
  readonly result: Verdict | "refused" | "timeout" | "none";
  readonly position: Position;
  readonly choices: number;
  /** What the judge was asked. */
  readonly question?: JudgeQuestion;
}

/** A proof, and all that the judge holds it to. */
export interface JudgeQuestion {
  readonly claim: Claim;
  readonly position: Position;
  readonly node: Hex;
  readonly kind: NodeKind;
  readonly proof: StepProof;
}

const hashOf = (revealed: Revealed): Hex =>
  revealed.kind === "inner" ? nodeHash(revealed.children) : tileHash(revealed.tile);

function judged({ claim, position, node, kind, proof }: JudgeQuestion): Verdict | "refused" {
  try {
    return verifyStep(claim, position, node, kind, proof);
  } catch (error) {
    if (error instanceof StepProofError) return "refused";
    throw error;
  }
}

/** Plays until there is a verdict. Checks that every reveal hashes to its node. */
export function playDispute(challenger: Trace, worker: WorkerTrees): GameEnd {
  const reveals = new Map<Hex, Revealed>();
  const reveal = (position: Position, node: Hex): boolean => {
    const content = worker.reveal(position);
    if (!content) return false;
    if (hashOf(content) !== node) throw new Error("The worker reveals what it did not commit to");
    reveals.set(node, content);
    return true;
  };
  const { traceRoot, outputRoot, passes } = worker;
  reveal(TRACE_ROOT, traceRoot);
  let position = TRACE_ROOT;
  let node = traceRoot;
  let choices = 0;
  for (;;) {
    const descent = { position, traceRoot, outputRoot, passes, revealed: (hash: Hex) => reveals.get(hash) };
    const move = nextMove(challenger, descent);
    if (move.move === "none") return { result: "none", position, choices };
    if (move.move === "wait") {
      if (!reveal(position, node)) return { result: "timeout", position, choices };
    } else if (move.move === "prove") {
      const claim = claimOf(challenger.committed, challenger.inputRoot, traceRoot, passes);
      const kind: NodeKind = reveals.get(node)?.kind ?? "unrevealed";
      const question = { claim, position, node, kind, proof: move.proof };
      return { result: judged(question), position, choices, question };
    } else if (move.move === "chooseOutput") {
      position = OUTPUT_ROOT;
      node = outputRoot;
    } else {
      const content = reveals.get(node);
      if (content?.kind !== "inner") throw new Error("Only a child of an inner node can be chosen");
      node = content.children[move.index]!;
      position = child(position, move.index);
      choices++;
    }
  }
}

const samePosition = (a: Position, b: Position): boolean =>
  a.section === b.section && a.depth === b.depth && a.path === b.path;

const isBelow = (position: Position, above: Position): boolean =>
  position.section === above.section &&
  position.depth > above.depth &&
  position.path >> BigInt(4 * (position.depth - above.depth)) === above.path;

/** What a forger puts in place of one node. */
export type Forgery = Revealed | { readonly kind: "empty" } | { readonly kind: "unknown" };

/** The trees of a trace with one node replaced; the hashes above it follow. */
export function forge(trace: Trace, at: Position, forgery: Forgery): WorkerTrees {
  const forged =
    forgery.kind === "empty"
      ? EMPTY
      : forgery.kind === "unknown"
        ? bytesToHex(sha256(hexToBytes(trace.node(at))))
        : hashOf(forgery);
  const node = (position: Position): Hex => {
    if (samePosition(position, at)) return forged;
    return isBelow(at, position) ? nodeHash(childrenOf(position)) : trace.node(position);
  };
  const childrenOf = (position: Position): Hex[] =>
    Array.from({ length: 16 }, (_, index) => node(child(position, index)));
  return {
    traceRoot: node(TRACE_ROOT),
    outputRoot: node(OUTPUT_ROOT),
    passes: trace.passes,
    reveal(position) {
      if (samePosition(position, at)) {
        return forgery.kind === "inner" || forgery.kind === "tile" ? forgery : undefined;
      }
      if (isBelow(position, at)) return undefined;
      if (isBelow(at, position)) return { kind: "inner", children: childrenOf(position) };
      return trace.reveal(position);
    },
  };
}
