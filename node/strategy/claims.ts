// Which open requests a worker takes on, and why it leaves the others.
import type { Hex, Method } from "@assay/sdk/protocol";
import {
  affordsReplies,
  deliversInTime,
  type GasReserve,
  lockFor,
  type OpenWork,
  type ReplyGas,
  type ServedPrograms,
  tracesFit,
  tracesInTime,
} from "./capacity.ts";
import type { InputState } from "./inputPlan.ts";
import type { RequestView } from "./views.ts";

export interface ClaimLimits extends DefenceLimits {
  minFee: bigint;
  methods: readonly Method[];
  /** Parameter versions that the operator accepts. */
  versions: readonly number[];
  /** Most requests claimed or committed at a time. */
  maxOpen: number;
  /** Seconds kept between the end of all executions and the delivery deadline. */
  marginSeconds: number;
}

/** What all that is open may take, should it be challenged at once. */
export interface DefenceLimits {
  /** Part of the dispute clock that tracing it may take. */
  traceShare: number;
  /** Memory for the traces, in bytes. */
  traceBytes: number;
  replyGas: ReplyGas;
}

export interface ClaimState {
  now: bigint;
  /** The account whose stake backs the work. */
  worker: Hex;
  freeStake: bigint;
  gas: GasReserve;
  /** Every program of the open work, and those on offer. */
  programs: ServedPrograms;
  /** A sampled answer was wrong on this machine: nothing new until a person has looked. */
  halted: boolean;
  /** The operator asked to stop: finish what is open, take nothing new. */
  draining: boolean;
  inputs: InputState;
  /** What the worker stands for besides requests: receipts. */
  elsewhere?: readonly OpenWork[];
}

export type Refusal =
  | "anotherWorker"
  | "method"
  | "version"
  | "fee"
  | "late"
  | "retired"
  /** Its input cannot be had; see {@link InputState}. */
  | "input"
  | "selfTest"
  | "halted"
  | "draining"
  | "capacity"
  | "stake"
  | "backlog"
  | "unmeasured"
  | "traceTime"
  | "traceMemory"
  | "gasReserve";

export interface Claims {
  claims: readonly RequestView[];
  /** Requests for served programs that are left to others. */
  refusals: readonly { requestId: Hex; reason: Refusal }[];
}

const nobody = `0x${"0".repeat(40)}`;

/** Goes through open requests for served programs, best paid first, until nothing more can be answered for. */
export function chooseClaims(
  requests: readonly RequestView[],
  open: readonly OpenWork[],
  state: ClaimState,
  limits: ClaimLimits,
): Claims {
  const served = requests.filter(
    ({ request, state: { status } }) => status === "open" && state.programs.get(request.programId)?.offered,
  );
  served.sort((a, b) => (a.request.fee > b.request.fee ? -1 : a.request.fee < b.request.fee ? 1 : 0));
  const claims: RequestView[] = [];
  const refusals: { requestId: Hex; reason: Refusal }[] = [];
  const work = [...open];
  let { freeStake } = state;
  for (const view of served) {
    const reason =
      unsuitable(view, state, limits) ?? unaffordable(view, work, { ...state, freeStake }, limits);
    if (reason) {
      refusals.push({ requestId: view.requestId, reason });
      continue;
    }
    claims.push(view);
    work.push(workOf(view, state.now));
    freeStake -= lockFor(view.tier, view.request.fee);
  }
  return { claims, refusals };
}

/** What speaks against the request itself. */
function unsuitable(
  { requestId, request, tier, retired, state: { deadline } }: RequestView,
  state: ClaimState,
  limits: ClaimLimits,
): Refusal | undefined {
  if (state.draining) return "draining";
  if (state.halted) return "halted";
  if (!state.programs.get(request.programId)?.ready) return "selfTest";
  if (retired) return "retired";
  if (request.worker !== nobody && !isSame(request.worker, state.worker)) return "anotherWorker";
  if (!limits.methods.includes(request.method)) return "method";
  if (!limits.versions.includes(request.version)) return "version";
  if (request.fee < limits.minFee || request.fee < tier.minFee) return "fee";
  if (state.now > deadline) return "late";
  if (state.inputs.missing.has(requestId)) return "input";
  return undefined;
}

/** What speaks against taking it on top of `open`. */
function unaffordable(
  view: RequestView,
  open: readonly OpenWork[],
  state: ClaimState,
  limits: ClaimLimits,
): Refusal | undefined {
  const { programs, gas, now } = state;
  const work = [...open, workOf(view, now)];
  if (work.length > limits.maxOpen) return "capacity";
  if (lockFor(view.tier, view.request.fee) > state.freeStake) return "stake";
  if (work.some(({ programId }) => !programs.has(programId))) return "unmeasured";
  if (!deliversInTime(work, programs, now, limits.marginSeconds)) return "backlog";
  return shortOf([...work, ...(state.elsewhere ?? [])], programs, gas, limits);
}

/** INVARIANT (S-10): what could not be defended, were all of it challenged at once, is not taken on. */
export function shortOf(
  work: readonly OpenWork[],
  programs: ServedPrograms,
  gas: GasReserve,
  limits: DefenceLimits,
): Extract<Refusal, "traceMemory" | "traceTime" | "gasReserve"> | undefined {
  if (!tracesFit(work, programs, limits.traceBytes)) return "traceMemory";
  if (!tracesInTime(work, programs, limits.traceShare)) return "traceTime";
  if (!affordsReplies(work, programs, gas, limits.replyGas)) return "gasReserve";
  return undefined;
}

/** What a claim made now adds. */
const workOf = ({ request, tier }: RequestView, now: bigint): OpenWork => ({
  programId: request.programId,
  tier,
  commitBy: now + BigInt(tier.deliverySeconds),
});

export const isSame = (one: Hex, other: Hex): boolean => one.toLowerCase() === other.toLowerCase();
