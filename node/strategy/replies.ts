// What a worker's side owes to the challengers of one commitment: the same for the worker and its defender.
import { PassNotAtHandError, type Trace } from "@assay/sdk/program";
import type { Hex, Position, Turn } from "@assay/sdk/protocol";
import { standing } from "./turns.ts";
import type { CommitmentView, DisputedView } from "./views.ts";

/** A commitment whose trace the role has computed, or not yet. */
export interface DefendedCommitment extends CommitmentView {
  trace: Trace | undefined;
}

/** Enough of one to reply to its challengers. */
export type Defended = DisputedView & Pick<DefendedCommitment, "trace">;

export type Reply =
  /** Compute the trace first: it is needed for everything else. */
  | { kind: "trace"; commitId: Hex; deadline: bigint }
  | { kind: "bindTrace"; commitId: Hex; deadline: bigint }
  | { kind: "reveal" | "revealTile"; commitId: Hex; node: Hex; position: Position; deadline: bigint }
  /** The worker committed, or is bound, to something that this machine did not compute: only a person can help. */
  | { kind: "alarm"; commitId: Hex; reason: "foreignOutput" | "foreignNode"; node: Hex };

export interface ReplyLimits {
  /** Seconds of its turn that this role leaves to another one that may answer as well; zero answers at once. */
  patienceSeconds: number;
}

/** The replies due now, most urgent first, each node once however many disputes stand on it. */
export function replies(
  commitments: readonly Defended[],
  now: bigint,
  { patienceSeconds }: ReplyLimits,
): Reply[] {
  const due = commitments.flatMap((commitment) => repliesTo(commitment, now, BigInt(patienceSeconds)));
  return due.sort((a, b) => compare(deadlineOf(a), deadlineOf(b)));
}

function repliesTo(commitment: Defended, now: bigint, patience: bigint): Reply[] {
  const { commitId, binding, disputes, trace } = commitment;
  const awaited = disputes
    .map((view) => ({ ...view, standing: standing(view, commitment, now) }))
    .filter(({ standing }) => standing.waitingFor === "worker" && isOurs(standing.turn, now, patience))
    .sort((a, b) => compare(a.standing.turn.deadline, b.standing.turn.deadline));
  const [first] = awaited;
  if (!first) return [];
  const { deadline } = first.standing.turn;
  if (!trace) return [{ kind: "trace", commitId, deadline }];
  const { outputRoot, passes } = commitment.commitment;
  if (binding.boundAt === 0n && (trace.outputRoot !== outputRoot || trace.passes !== passes))
    return [{ kind: "alarm", commitId, reason: "foreignOutput", node: outputRoot }];
  if (binding.boundAt === 0n) return [{ kind: "bindTrace", commitId, deadline }];

  const byNode = new Map<Hex, Reply>();
  for (const { dispute, standing } of awaited) {
    if (byNode.has(dispute.node)) continue;
    byNode.set(dispute.node, reveal(commitId, trace, dispute, standing.turn.deadline));
  }
  return [...byNode.values()];
}

/** Patience ends at half of the turn, however much was asked for. */
function isOurs({ startedAt, deadline }: Turn, now: bigint, patience: bigint): boolean {
  const half = (deadline - startedAt) / 2n;
  return now >= startedAt + (patience < half ? patience : half);
}

function reveal(
  commitId: Hex,
  trace: Trace,
  { node, position }: { node: Hex; position: Position },
  deadline: bigint,
): Reply {
  // INVARIANT (S-10): what has to be computed again for a reveal is computed with it. Were it a reply of its own, those of
  // other disputes could take its place before it is used.
  if ((ownNode(trace, position) ?? node) !== node)
    return { kind: "alarm", commitId, reason: "foreignNode", node };
  const kind = trace.placeOf(position).kind === "tile" ? "revealTile" : "reveal";
  return { kind, commitId, node, position, deadline };
}

/** Undefined while the tensors of its pass are not in memory. */
function ownNode(trace: Trace, position: Position): Hex | undefined {
  try {
    return trace.node(position);
  } catch (error) {
    if (error instanceof PassNotAtHandError) return undefined;
    throw error;
  }
}

const deadlineOf = (reply: Reply): bigint => (reply.kind === "alarm" ? 0n : reply.deadline);
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
