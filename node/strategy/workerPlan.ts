// What a worker does: it takes on what it can answer for, answers, defends its answers, and collects.
import type { Hex } from "@assay/sdk/protocol";
import { byDeadline, type OpenWork } from "./capacity.ts";
import { type ClaimLimits, type ClaimState, type Claims, chooseClaims, isSame } from "./claims.ts";
import { type DefendedCommitment, type Reply, type ReplyLimits, replies } from "./replies.ts";
import type { RequestView } from "./views.ts";

export interface WorkerState extends ClaimState {
  /** Open requests, and those that this worker has claimed. */
  requests: readonly RequestView[];
  /** This worker's commitments that are not terminal. */
  commitments: readonly DefendedCommitment[];
  /** Requests whose answer is in the journal. */
  answered: ReadonlySet<Hex>;
}

export type WorkerLimits = ClaimLimits &
  ReplyLimits & {
    /** Requests for one program that are executed together, where it takes batches; 1 when left out. */
    batchSize?: number;
  };

export type WorkerAction =
  | Reply
  | { kind: "claim"; requestId: Hex; claimBy: bigint }
  /** Compute the answer and write it to the journal. */
  | { kind: "execute"; requestId: Hex; commitBy: bigint }
  | { kind: "commit"; requestId: Hex; commitBy: bigint }
  | { kind: "timeoutDelivery" | "finalize" | "refundRetired"; requestId: Hex };

export interface WorkerPlan {
  actions: readonly WorkerAction[];
  refusals: Claims["refusals"];
}

/** The moves due now: replies first, because they decide about the lock, new work last. */
export function workerPlan(state: WorkerState, limits: WorkerLimits): WorkerPlan {
  const mine = state.requests.filter(
    ({ request }) => request.status === "claimed" && isSame(request.worker, state.worker),
  );
  const { claims, refusals } = chooseClaims(state.requests, openWork(mine, state), state, limits);
  const actions: WorkerAction[] = [
    ...replies(state.commitments, state.now, limits),
    ...mine.flatMap((view) => delivery(view, state)),
    ...nextExecutions(mine, state, limits),
    ...state.commitments.flatMap((view) => collection(view, state.now)),
    ...claims.map(
      ({ requestId, request }): WorkerAction => ({ kind: "claim", requestId, claimBy: request.deadline }),
    ),
  ];
  return { actions, refusals };
}

function openWork(mine: readonly RequestView[], { commitments, answered }: WorkerState): OpenWork[] {
  const claimed = mine.map(({ requestId, request, tier }) => ({
    programId: request.programId,
    tier,
    commitBy: answered.has(requestId) ? undefined : request.deadline,
  }));
  const committed = commitments
    .filter(({ request }) => request.status === "committed")
    .map(({ request, tier }) => ({ programId: request.programId, tier, commitBy: undefined }));
  return [...claimed, ...committed];
}

function delivery(
  { requestId, request, retired }: RequestView,
  { now, answered, halted, programs }: WorkerState,
): WorkerAction[] {
  const commitBy = request.deadline;
  if (retired) return [{ kind: "refundRetired", requestId }];
  if (now > commitBy) return [{ kind: "timeoutDelivery", requestId }];
  const isTrusted = !halted && programs.get(request.programId)?.ready === true;
  return isTrusted && answered.has(requestId) ? [{ kind: "commit", requestId, commitBy }] : [];
}

/**
 * One after the other, the most urgent first, together with others for the same program where it takes batches. What can no longer
 * be done in time is let go: late costs the same penalty.
 */
function nextExecutions(
  mine: readonly RequestView[],
  state: WorkerState,
  { batchSize = 1 }: WorkerLimits,
): WorkerAction[] {
  const { now, answered, halted, programs } = state;
  const waiting = mine
    .filter(({ requestId, retired }) => !retired && !answered.has(requestId))
    .map(({ requestId, request }) => ({
      requestId,
      commitBy: request.deadline,
      programId: request.programId,
    }));
  const timely = byDeadline(waiting).filter(({ commitBy, programId }) => {
    const program = programs.get(programId);
    return program?.ready && now + BigInt(Math.ceil(program.executeSeconds)) <= commitBy;
  });
  const [next] = timely;
  if (halted || next === undefined) return [];
  const most = programs.get(next.programId)?.batches ? batchSize : 1;
  const together = timely.filter(({ programId }) => programId === next.programId).slice(0, most);
  return together.map(({ requestId, commitBy }) => ({ kind: "execute", requestId, commitBy }));
}

function collection(
  { requestId, request, commitment, retired }: DefendedCommitment,
  now: bigint,
): WorkerAction[] {
  if (request.status !== "committed") return [];
  if (retired) return [{ kind: "refundRetired", requestId }];
  const isOver = now > request.deadline && commitment.openDisputes === 0;
  return isOver ? [{ kind: "finalize", requestId }] : [];
}
