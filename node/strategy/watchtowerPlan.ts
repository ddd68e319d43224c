// What a watchtower does: it checks every answer inside its window and plays the dispute about a wrong one to its end.
import type { Hex } from "@assay/sdk/protocol";
import {
  type Bound,
  type BudgetLimits,
  challengerGas,
  disputeGas,
  type Funds,
  type Purse,
  purseOf,
  remainingGas,
  type Shortage,
} from "./budget.ts";
import { lockFor } from "./capacity.ts";
import { type ChallengerMove, challengerMove, type DescendedCommitment } from "./challengerMoves.ts";
import { isSame } from "./claims.ts";
import { checkOrder } from "./coverage.ts";
import {
  type AskedInput,
  type FetchInput,
  fetches,
  type InputPoke,
  type InputState,
  inputPokes,
} from "./inputPlan.ts";
import { answerKey, type Evidence, type Judgement, judge } from "./judgement.ts";
import { isSettleable } from "./keeperPlan.ts";
import type { DisputeView } from "./views.ts";

export interface WatchedCommitment extends DescendedCommitment {
  evidence: Evidence;
  /** What asking for its input costs at most; undefined where it stands on the chain or was asked for before. */
  inputBond: bigint | undefined;
}

/** What has to be true before anything that costs money follows from what was read. */
export interface Health {
  /** Every RPC endpoint said the same about the block that was read. */
  endpointsAgree: boolean;
  /** The newest block is recent and the chain does not run backwards. */
  headFresh: boolean;
}

export interface WatchtowerState extends Funds {
  /** Time of the block that the rest was read at, unix seconds. */
  now: bigint;
  /** The account that pays bonds and plays. */
  challenger: Hex;
  /** Stake tokens credited to it in the vault. */
  credit: bigint;
  /** Commitments inside their window, and those on which the challenger has a dispute that is not settled. */
  commitments: readonly WatchedCommitment[];
  /** Programs about which the judge has found this challenger wrong before. */
  refuted: ReadonlySet<Hex>;
  /** Programs whose known answers came out wrong on this machine. */
  distrusted: ReadonlySet<Hex>;
  /** How long one execution of a program takes on this machine, as far as it is known. */
  checkSeconds: ReadonlyMap<Hex, number>;
  inputs: InputState;
  health: Health;
  /** What is bound besides: by questions about epochs. */
  elsewhere?: Bound | undefined;
}

export interface WatchtowerLimits extends BudgetLimits {
  /** False: report what is wrong, send nothing. */
  challenge: boolean;
  /** Commitments that are executed at a time. */
  parallelChecks: number;
  /** Seconds before the end of a window in which a challenge would come too late to be included. */
  marginSeconds: number;
  /** How often an input is looked for in vain before its worker is made to post it. */
  inputTries: number;
}

export type Alarm =
  /** Two executions on this machine differ: it cannot be trusted to judge. */
  | { kind: "alarm"; reason: "contradiction"; commitId: Hex }
  /** A program on which this machine cannot be trusted to judge; others are judged all the same. */
  | { kind: "alarm"; reason: "selfTest"; programId: Hex }
  /** A wrong answer that this watchtower will not or cannot challenge. */
  | { kind: "alarm"; reason: "unchallenged"; commitId: Hex; because: Obstacle }
  /** An answer that cannot be checked, because its input is nowhere to be found. */
  | { kind: "alarm"; reason: "inputMissing"; commitId: Hex; because: Obstacle }
  /** Nothing new is begun until this is true again; what was begun goes on. */
  | { kind: "alarm"; reason: "unhealthy"; missing: keyof Health };

export type Obstacle =
  | "disabled"
  | "refuted"
  | "late"
  | "unhealthy"
  | Shortage
  /** The reference executor could not say the same yet, out of time above all. */
  | "unconfirmed";

export type WatchtowerAction =
  | ChallengerMove
  | Alarm
  /** Execute: with the fast form first, then again with the reference executor if the answer looks wrong. */
  | { kind: "check" | "confirm"; commitId: Hex; until: bigint }
  /** `attempt`: how many disputes the challenger has had on the commitment before. */
  | { kind: "challenge"; commitId: Hex; bond: bigint; attempt: number; until: bigint }
  | FetchInput
  | InputPoke
  /** Make the worker post the input of its answer, which moves the end of the window. */
  | { kind: "requestInput"; commitId: Hex; bond: bigint; until: bigint }
  | { kind: "settle"; commitId: Hex }
  | { kind: "settleDispute"; disputeId: Hex }
  | { kind: "refundRetired"; requestId: Hex }
  /** Bonds that came back are needed for new ones. */
  | { kind: "claimCredit"; credit: bigint };

/** The moves due now: own disputes first, then new challenges by what is at risk, then checks, then money. */
export function watchtowerPlan(state: WatchtowerState, limits: WatchtowerLimits): WatchtowerAction[] {
  const views = state.commitments
    .map((view) => judged(view, state))
    .sort((a, b) => Number(a.state.deadline - b.state.deadline));
  const asked = [...state.inputs.asked.values()].filter(({ asker }) => isSame(asker, state.challenger));
  const purse = purseOf(both(boundOf(views, asked), state.elsewhere), state, limits);
  const wanted = views.filter((view) => isChecked(view, state)).map(({ requestId }) => requestId);
  const plan: WatchtowerAction[] = [
    ...unhealthy(state),
    ...views.flatMap(contradictions),
    ...failedSelfTests(views),
    ...views.flatMap((view) => moves(view, state)),
    ...challenges(views, state, limits, purse),
    ...views.flatMap((view) => inputRequests(view, state, limits, purse)),
    ...refill(purse, state),
    ...inputPokes(asked, state.now),
    ...fetches(wanted, state.inputs, state.now),
    ...checks(views, state).slice(0, limits.parallelChecks),
    ...views.flatMap((view) => settlements(view, state)),
  ];
  return limits.challenge ? plan : plan.filter(({ kind }) => silent.has(kind));
}

/** What sends nothing. */
const silent: ReadonlySet<string> = new Set<WatchtowerAction["kind"]>([
  "alarm",
  "check",
  "confirm",
  "fetchInput",
]);

const isHealthy = ({ health }: WatchtowerState): boolean => health.endpointsAgree && health.headFresh;

// INVARIANT: whatever is wrong with the endpoints costs no new bond; a dispute that is open costs its bond when it is left alone.
const unhealthy = ({ health }: WatchtowerState): Alarm[] =>
  (["endpointsAgree", "headFresh"] as const)
    .filter((one) => !health[one])
    .map((missing) => ({ kind: "alarm", reason: "unhealthy", missing }));

type Judged = WatchedCommitment & {
  judgement: Judgement | "distrusted";
  /** The disputes of the own challenger. */
  own: readonly DisputeView[];
  playing: boolean;
};

function judged(view: WatchedCommitment, { challenger, distrusted }: WatchtowerState): Judged {
  const own = view.disputes.filter(({ dispute }) => isSame(dispute.challenger, challenger));
  const playing = view.state.status === "committed" && own.some(({ dispute }) => dispute.status === "open");
  const judgement = distrusted.has(view.request.programId)
    ? "distrusted"
    : judge(answerKey(view.commitment), view.evidence);
  return { ...view, own, playing, judgement };
}

const isInWindow = ({ state: { status, deadline } }: Judged, now: bigint): boolean =>
  status === "committed" && now <= deadline;

function contradictions({ judgement, commitId }: Judged): WatchtowerAction[] {
  return judgement === "contradiction" ? [{ kind: "alarm", reason: "contradiction", commitId }] : [];
}

function failedSelfTests(views: readonly Judged[]): WatchtowerAction[] {
  const concerned = views.filter(({ judgement }) => judgement === "distrusted");
  const programIds = new Set(concerned.map(({ request }) => request.programId));
  return [...programIds].map((programId) => ({ kind: "alarm", reason: "selfTest", programId }));
}

/** A watchtower that no longer believes in its challenge stops moving; a worker out of time has lost all the same. */
function moves(view: Judged, { now }: WatchtowerState): WatchtowerAction[] {
  return view.own
    .map((dispute) => challengerMove(dispute, view, now))
    .filter((move) => move !== undefined)
    .filter((move) => move.kind === "timeout" || view.judgement === "invalid");
}

function boundOf(views: readonly Judged[], asked: readonly AskedInput[]): Bound {
  const playing = views.filter(({ playing }) => playing).flatMap(({ own }) => own);
  const open = playing.filter(({ dispute }) => dispute.status === "open").map(({ dispute }) => dispute);
  return {
    bonds: [...open, ...asked].reduce((total, { bond }) => total + bond, 0n),
    disputes: open.length,
    gas: views.reduce((total, view) => total + gasOf(view), 0n),
  };
}

const both = (one: Bound, other: Bound = { bonds: 0n, disputes: 0, gas: 0n }): Bound => ({
  bonds: one.bonds + other.bonds,
  disputes: one.disputes + other.disputes,
  gas: one.gas + other.gas,
});

/** What is left for others who spend from the same purse, while all is healthy. */
export function purseBeside(state: WatchtowerState, limits: WatchtowerLimits): Purse | undefined {
  if (!limits.challenge || !isHealthy(state)) return undefined;
  const asked = [...state.inputs.asked.values()].filter(({ asker }) => isSame(asker, state.challenger));
  const views = state.commitments.map((view) => judged(view, state));
  return purseOf(both(boundOf(views, asked), state.elsewhere), state, limits);
}

/** What the disputes on it may still take. */
const gasOf = ({ own, tier }: Judged): bigint =>
  own
    .filter(({ dispute, settled }) => dispute.status !== "lost" && !settled)
    .reduce((total, dispute) => total + remainingGas(dispute, tier), 0n);

/** Bonds that came back are claimed when something was too dear. */
const refill = (purse: Purse, state: WatchtowerState): WatchtowerAction[] =>
  purse.isShortOfTokens() && state.credit > 0n && isHealthy(state)
    ? [{ kind: "claimCredit", credit: state.credit }]
    : [];

const riskOf = ({ tier, request }: Judged): bigint => lockFor(tier, request.fee);

function challenges(
  views: readonly Judged[],
  state: WatchtowerState,
  limits: WatchtowerLimits,
  purse: Purse,
): WatchtowerAction[] {
  const byRisk = [...views].sort((a, b) => (riskOf(a) < riskOf(b) ? 1 : riskOf(a) > riskOf(b) ? -1 : 0));
  return byRisk.flatMap((view): WatchtowerAction[] => {
    if (view.playing || view.retired || !isInWindow(view, state.now)) return [];
    const { commitId, request, tier, own } = view;
    if (isUnconfirmed(view))
      return [{ kind: "alarm", reason: "unchallenged", commitId, because: "unconfirmed" }];
    if (view.judgement !== "invalid") return [];
    const bond = tier.challengeBond;
    const because =
      obstacleTo(view, state, limits, [["refuted", state.refuted.has(request.programId)]]) ??
      purse.take({ bond, gas: disputeGas(tier), disputes: 1 });
    if (because !== undefined) return [{ kind: "alarm", reason: "unchallenged", commitId, because }];
    return [{ kind: "challenge", commitId, bond, attempt: own.length, until: view.state.deadline }];
  });
}

function obstacleTo(
  { state }: Judged,
  given: WatchtowerState,
  { challenge, marginSeconds }: WatchtowerLimits,
  others: readonly [Obstacle, boolean][] = [],
): Obstacle | undefined {
  const obstacles: readonly [Obstacle, boolean][] = [
    ["disabled", !challenge],
    ["unhealthy", !isHealthy(given)],
    ...others,
    ["late", state.deadline - given.now < BigInt(marginSeconds)],
  ];
  return obstacles.find(([, applies]) => applies)?.[0];
}

/** An input that is nowhere to be found is asked for while there is time: the window stays open until it is shown. */
function inputRequests(
  view: Judged,
  given: WatchtowerState,
  limits: WatchtowerLimits,
  purse: Purse,
): WatchtowerAction[] {
  const { now, inputs } = given;
  const { commitId, requestId, retired, judgement, inputBond: bond, state, tier } = view;
  const missing = inputs.missing.get(requestId);
  if (missing === undefined || bond === undefined || retired || !isInWindow(view, now)) return [];
  const isPressing = 2n * (state.deadline - now) < BigInt(tier.windowSeconds);
  if (judgement === "distrusted" || (missing.tries < limits.inputTries && !isPressing)) return [];
  const because =
    obstacleTo(view, given, limits) ?? purse.take({ bond, gas: challengerGas.requestInput, disputes: 0 });
  if (because !== undefined) return [{ kind: "alarm", reason: "inputMissing", commitId, because }];
  return [{ kind: "requestInput", commitId, bond, until: state.deadline }];
}

/** One execution came out differently, and the other one failed: nobody should take that for a right answer. */
const isUnconfirmed = ({ judgement, evidence }: Judged): boolean =>
  judgement === "unavailable" && evidence.fast !== undefined;

const unfinished: readonly Judged["judgement"][] = ["unchecked", "unconfirmed", "unavailable"];

const isChecked = (view: Judged, { now }: WatchtowerState): boolean =>
  (view.playing || isInWindow(view, now)) && unfinished.includes(view.judgement);

/** What looks wrong is confirmed first: most of the work about it is done. */
function checks(views: readonly Judged[], given: WatchtowerState): WatchtowerAction[] {
  const due = views
    .filter((view) => isChecked(view, given) && !given.inputs.missing.has(view.requestId))
    .filter(({ evidence }) => given.now >= (evidence.retryAt ?? 0n))
    .map((view) => ({
      kind: view.evidence.fast === undefined ? ("check" as const) : ("confirm" as const),
      commitId: view.commitId,
      until: view.state.deadline,
      lock: riskOf(view),
      seconds: given.checkSeconds.get(view.request.programId) ?? 0,
    }));
  const ordered = (kind: "check" | "confirm") =>
    checkOrder(
      due.filter((one) => one.kind === kind),
      given.now,
    );
  return [...ordered("confirm"), ...ordered("check")].map(({ lock, seconds, ...action }) => action);
}

function settlements(view: Judged, { now }: WatchtowerState): WatchtowerAction[] {
  const due = view.own.filter((dispute) => isPayable(dispute, view));
  if (view.playing && view.retired) return [{ kind: "refundRetired", requestId: view.requestId }];
  return [
    ...(view.own.length > 0 && isSettleable(view, now)
      ? [{ kind: "settle", commitId: view.commitId } as const]
      : []),
    ...due.map(({ disputeId }) => ({ kind: "settleDispute", disputeId }) as const),
  ];
}

/** True when a dispute that was not lost may be paid: after the slash was settled, or at once after a refund. */
function isPayable({ dispute, settled }: DisputeView, { state: { status }, commitment }: Judged): boolean {
  const isOver = status === "slashed" ? commitment.settled : status === "refunded";
  return isOver && !settled && (dispute.status === "won" || dispute.status === "void");
}
