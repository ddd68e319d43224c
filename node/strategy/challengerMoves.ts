// What a challenger owes to its own dispute: always down into the first child that differs, until one element decides.
import {
  type Descent,
  type Move,
  nextMove,
  PassNotAtHandError,
  type Revealed,
  type Trace,
} from "@assay/sdk/program";
import type { Hex, StepProof } from "@assay/sdk/protocol";
import { standing } from "./turns.ts";
import type { CommitmentView, DisputedView, DisputeView } from "./views.ts";

/** A commitment that this machine has executed, or not yet. */
export interface DescendedCommitment extends CommitmentView {
  /** This machine's own trace of the same program and input, once computed. */
  trace: Trace | undefined;
  /** What was revealed of a node of the commitment's trees, as far as the events were read. */
  revealed(node: Hex): Revealed | undefined;
}

/** Enough of one to play against it. */
export type Descended = DisputedView & Pick<DescendedCommitment, "trace" | "revealed">;

export type ChallengerMove =
  /** Compute the own trace first, or one of its passes again. */
  | { kind: "trace"; commitId: Hex; pass?: number; deadline: bigint }
  | { kind: "choose"; disputeId: Hex; node: Hex; children: readonly Hex[]; index: number; deadline: bigint }
  | { kind: "chooseOutput"; disputeId: Hex; deadline: bigint }
  | { kind: "proveStep"; disputeId: Hex; node: Hex; proof: StepProof; deadline: bigint }
  | { kind: "timeout"; disputeId: Hex }
  /** The worker has shown what this machine has: there is nothing to prove. */
  | { kind: "alarm"; reason: "noDifference"; commitId: Hex; disputeId: Hex };

/** The move that `view`, a dispute of the own challenger, waits for; none while it is the worker's turn. */
export function challengerMove(
  view: DisputeView,
  commitment: Descended,
  now: bigint,
): ChallengerMove | undefined {
  const { disputeId } = view;
  const { commitId, trace } = commitment;
  const { waitingFor, turn } = standing(view, commitment, now);
  if (waitingFor === "timeout" && turn.workersTurn) return { kind: "timeout", disputeId };
  if (waitingFor !== "challenger") return undefined;
  const { deadline } = turn;
  if (!trace) return { kind: "trace", commitId, deadline };
  const descent = descentOf(view, commitment);
  if (!isWayKnown(descent)) return undefined;
  const node = view.dispute.rooted ? view.dispute.node : commitment.binding.traceRoot;
  const next = moveOrPass(trace, descent);
  switch (next.move) {
    case "choose": {
      const content = descent.revealed(node);
      if (content?.kind !== "inner") return undefined;
      return { kind: "choose", disputeId, node, children: content.children, index: next.index, deadline };
    }
    case "chooseOutput":
      return { kind: "chooseOutput", disputeId, deadline };
    case "prove":
      return { kind: "proveStep", disputeId, node, proof: next.proof, deadline };
    case "load":
      return { kind: "trace", commitId, pass: next.pass, deadline };
    case "none":
      return { kind: "alarm", reason: "noDifference", commitId, disputeId };
    case "wait":
      return undefined;
  }
}

/** The next move, or the pass whose tensors it needs. */
function moveOrPass(trace: Trace, descent: Descent): Move | { move: "load"; pass: number } {
  try {
    return nextMove(trace, descent);
  } catch (error) {
    if (error instanceof PassNotAtHandError) return { move: "load", pass: error.pass };
    throw error;
  }
}

function descentOf({ dispute }: DisputeView, { binding, commitment, revealed }: Descended): Descent {
  const { outputRoot, passes } = commitment;
  return { position: dispute.position, traceRoot: binding.traceRoot, outputRoot, passes, revealed };
}

/** False while the events have not told yet what was revealed between the root and the position. */
function isWayKnown({ position, traceRoot, outputRoot, revealed }: Descent): boolean {
  let node: Hex | undefined = position.section === "trace" ? traceRoot : outputRoot;
  for (let left = position.depth - 1; left >= 0; left--) {
    const content: Revealed | undefined = node && revealed(node);
    if (content?.kind !== "inner") return false;
    node = content.children[Number((position.path >> BigInt(4 * left)) & 15n)];
  }
  return true;
}
