// What a worker does: it takes on what it can answer for, answers, defends its answers, and collects.
import type { Hex } from "@assay/sdk/protocol";
import { byDeadline, type OpenWork } from "./capacity.ts";
import { type ClaimLimits, type ClaimState, type Claims, chooseClaims, isSame } from "./claims.ts";
import {
  type FetchInput,
  fetches,
  type InputPoke,
  type InputReply,
  inputPokes,
  inputReplies,
} from "./inputPlan.ts";
import { type DefendedCommitment, type Reply, type ReplyLimits, replies } from "./replies.ts";
import { type Ready, together, type Underway } from "./together.ts";
import type { RequestView } from "./views.ts";

export interface WorkerState extends ClaimState {
  /** Open requests, and those that this worker has claimed, whether their input is there or awaited. */
  requests: readonly RequestView[];
  /** This worker's commitments that are not terminal. */
  commitments: readonly DefendedCommitment[];
  /** Requests whose answer is in the journal. */
  answered: ReadonlySet<Hex>;
  /** What was sent before and may still be on its way. */
  underway: Underway;
}

export type WorkerLimits = ClaimLimits &
  ReplyLimits & {
    /** Requests for one program that are executed together, where it takes batches; 1 when left out. */
    batchSize?: number;
  };

export type WorkerAction =
  | Reply
  | InputReply
  | FetchInput
  | InputPoke
  /** Make the requester post the input of a claimed request, which is nowhere to be found. */
  | { kind: "inputUnavailable"; requestId: Hex; commitBy: bigint }
  | { kind: "claim"; requestId: Hex; claimBy: bigint }
  /** Compute the answer and write it to the journal. */
  | { kind: "execute"; requestId: Hex; commitBy: bigint }
  /** Publish recorded answers in one batch; the first of their deadlines. */
  | { kind: "commit"; requestIds: readonly Hex[]; commitBy: bigint }
  /** Finish requests whose windows have passed, and be paid for them. */
  | { kind: "collect"; requestIds: readonly Hex[] }
  | { kind: "timeoutDelivery" | "refundRetired"; requestId: Hex };

export interface WorkerPlan {
  actions: readonly WorkerAction[];
  refusals: Claims["refusals"];
}

/** The moves due now: replies first, because they decide about the lock, new work last. */
export function workerPlan(state: WorkerState, limits: WorkerLimits): WorkerPlan {
  const own = state.requests.filter(
    ({ state: { status, worker } }) => status !== "open" && isSame(worker, state.worker),
  );
  const mine = own.filter(({ state: { status } }) => status === "claimed");
  const { claims, refusals } = chooseClaims(state.requests, openWork(own, state), state, limits);
  const wanted = refusals.filter(({ reason }) => reason === "input").map(({ requestId }) => requestId);
  const awaited = own.flatMap(({ requestId }) => state.inputs.asked.get(requestId) ?? []);
  const actions: WorkerAction[] = [
    ...inputReplies(state.commitments, state.inputs, state.now, limits.patienceSeconds),
    ...replies(state.commitments, state.now, limits),
    ...inputPokes(awaited, state.now),
    ...mine.flatMap((view) => release(view, state.now)),
    ...mine.flatMap((view) => inputOf(view, state)),
    ...fetches(wanted, state.inputs, state.now),
    ...commits(mine, state),
    ...nextExecutions(mine, state, limits),
    ...collections(state),
    ...claims.map(
      ({ requestId, state: { deadline } }): WorkerAction => ({ kind: "claim", requestId, claimBy: deadline }),
    ),
  ];
  return { actions, refusals };
}

/** @param own What the worker has claimed. */
export function openWork(
  own: readonly RequestView[],
  { commitments, answered }: Pick<WorkerState, "commitments" | "answered">,
): OpenWork[] {
  const claimed = own.map(({ requestId, request, state: { status, deadline }, tier }) => ({
    programId: request.programId,
    tier,
    commitBy: status !== "claimed" || answered.has(requestId) ? undefined : deadline,
  }));
  const committed = commitments
    .filter(({ state }) => state.status === "committed")
    .map(({ request, tier }) => ({ programId: request.programId, tier, commitBy: undefined }));
  return [...claimed, ...committed];
}

/** What can no longer be delivered is let go. */
function release({ requestId, state: { deadline }, retired }: RequestView, now: bigint): WorkerAction[] {
  if (retired) return [{ kind: "refundRetired", requestId }];
  return now > deadline ? [{ kind: "timeoutDelivery", requestId }] : [];
}

/** An input that is not at hand is looked for during half of the time there is; then its requester has to show it. */
function inputOf(
  { requestId, retired, state, tier }: RequestView,
  { inputs, now }: WorkerState,
): WorkerAction[] {
  const { deadline } = state;
  if (retired || now > deadline || !inputs.missing.has(requestId)) return [];
  const isHopeless = 2n * (deadline - now) < BigInt(tier.deliverySeconds);
  const ask: WorkerAction[] = isHopeless ? [{ kind: "inputUnavailable", requestId, commitBy: deadline }] : [];
  return [...fetches([requestId], inputs, now), ...ask];
}

/** What one answer adds to a transaction besides its output. */
const answerBytes = 640;

function commits(mine: readonly RequestView[], state: WorkerState): WorkerAction[] {
  const { now, answered, halted, programs, underway } = state;
  if (halted) return [];
  const due = mine.filter(
    ({ requestId, request, retired, state: { deadline } }) =>
      !retired && now <= deadline && programs.get(request.programId)?.ready && answered.has(requestId),
  );
  const deadlines = new Map(due.map(({ requestId, state: { deadline } }) => [requestId, deadline]));
  const readyOf = ({ requestId, request, state: { deadline }, tier }: RequestView): Ready => {
    const { outputBytes = 0 } = programs.get(request.programId)?.header ?? {};
    const patient = 2n * (deadline - now) > BigInt(tier.deliverySeconds);
    return { requestId, bytes: answerBytes + outputBytes, patient };
  };
  // The market takes answers under one parameter version at a time.
  const versions = new Set(due.map(({ request }) => request.version));
  const sets = [...versions].flatMap((version) =>
    together(due.filter(({ request }) => request.version === version).map(readyOf), underway),
  );
  return sets.map((requestIds) => {
    const [commitBy = 0n] = requestIds.map((id) => deadlines.get(id)!).sort((a, b) => Number(a - b));
    return { kind: "commit", requestIds, commitBy };
  });
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
  const { now, answered, halted, programs, inputs } = state;
  const waiting = mine
    .filter(
      ({ requestId, retired }) => !retired && !answered.has(requestId) && !inputs.missing.has(requestId),
    )
    .map(({ requestId, request, state: { deadline } }) => ({
      requestId,
      commitBy: deadline,
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

/** What one request adds to a call that collects. */
const requestBytes = 384;

function collections({ commitments, now, underway }: WorkerState): WorkerAction[] {
  const committed = commitments.filter(({ state }) => state.status === "committed");
  const refunds = committed
    .filter(({ retired }) => retired)
    .map(({ requestId }): WorkerAction => ({ kind: "refundRetired", requestId }));
  const ready = committed
    .filter(({ retired, state, commitment }) => !retired && now > state.deadline && commitment.holds === 0)
    .map(({ requestId }): Ready => ({ requestId, bytes: requestBytes, patient: true }));
  const sets = together(ready, { ...underway, decided: new Map() });
  return [...refunds, ...sets.map((requestIds): WorkerAction => ({ kind: "collect", requestIds }))];
}
