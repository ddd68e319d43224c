// What a watchtower does: it checks every answer inside its window and plays the dispute about a wrong one to its end.
import type { Hex } from "@assay/sdk/protocol";
import { least } from "../bigints.ts";
import { type ChallengerMove, challengerMove, type DescendedCommitment } from "./challengerMoves.ts";
import { isSame } from "./claims.ts";
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

export interface WatchtowerState {
  /** Time of the block that the rest was read at, unix seconds. */
  now: bigint;
  /** The account that pays bonds and plays. */
  challenger: Hex;
  /** Stake tokens in its wallet, and credited to it in the vault. */
  wallet: bigint;
  credit: bigint;
  /** Commitments inside their window, and those on which the challenger has a dispute that is not settled. */
  commitments: readonly WatchedCommitment[];
  /** Programs about which the judge has found this challenger wrong before. */
  refuted: ReadonlySet<Hex>;
  /** Programs whose known answers came out wrong on this machine. */
  distrusted: ReadonlySet<Hex>;
  inputs: InputState;
  health: Health;
}

export interface WatchtowerLimits {
  /** False: report what is wrong, spend nothing on new challenges. */
  challenge: boolean;
  /** Most that may be locked in bonds at a time; undefined: whatever the wallet holds. */
  bondBudget: bigint | undefined;
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
  /** Nothing is done until this is true again. */
  | { kind: "alarm"; reason: "unhealthy"; missing: keyof Health };

export type Obstacle =
  | "disabled"
  | "refuted"
  | "late"
  | "bond"
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

/** The moves due now: own disputes first, then new challenges by the end of their window, then checks, then money. */
export function watchtowerPlan(state: WatchtowerState, limits: WatchtowerLimits): WatchtowerAction[] {
  const missing = (["endpointsAgree", "headFresh"] as const).find((one) => !state.health[one]);
  if (missing) return [{ kind: "alarm", reason: "unhealthy", missing }];
  const views = state.commitments
    .map((view) => judged(view, state))
    .sort((a, b) => Number(a.state.deadline - b.state.deadline));
  const asked = [...state.inputs.asked.values()].filter(({ asker }) => isSame(asker, state.challenger));
  const purse = purseOf(views, asked, state, limits);
  return [
    ...views.flatMap(contradictions),
    ...failedSelfTests(views),
    ...views.flatMap((view) => moves(view, state)),
    ...challenges(views, state, limits, purse),
    ...views.flatMap((view) => inputRequests(view, state, limits, purse)),
    ...purse.refill(),
    ...inputPokes(asked, state.now),
    ...fetches(
      views.filter((view) => isChecked(view, state)).map(({ requestId }) => requestId),
      state.inputs,
      state.now,
    ),
    ...views.flatMap((view) => checks(view, state)).slice(0, limits.parallelChecks),
    ...views.flatMap((view) => settlements(view, state)),
  ];
}

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

/** What may be spent on bonds in this round. */
interface Purse {
  /** Takes a bond out; false when there is too little left. */
  takes(bond: bigint): boolean;
  /** Claims credit when something was too dear. */
  refill(): WatchtowerAction[];
}

function purseOf(
  views: readonly Judged[],
  asked: readonly AskedInput[],
  { wallet, credit }: WatchtowerState,
  { bondBudget }: WatchtowerLimits,
): Purse {
  const open = views
    .filter(({ playing }) => playing)
    .flatMap(({ own }) => own.map(({ dispute }) => dispute))
    .filter(({ status }) => status === "open");
  const bonded = [...open, ...asked].reduce((total, { bond }) => total + bond, 0n);
  let funds = bondBudget === undefined ? wallet : least(wallet, bondBudget - bonded);
  let isShort = false;
  return {
    takes: (bond) => {
      if (bond > funds) {
        isShort = true;
        return false;
      }
      funds -= bond;
      return true;
    },
    refill: () => (isShort && credit > 0n ? [{ kind: "claimCredit", credit }] : []),
  };
}

function challenges(
  views: readonly Judged[],
  { now, refuted }: WatchtowerState,
  { challenge, marginSeconds }: WatchtowerLimits,
  purse: Purse,
): WatchtowerAction[] {
  const actions: WatchtowerAction[] = [];
  for (const view of views) {
    if (view.playing || view.retired || !isInWindow(view, now)) continue;
    const { commitId, request, state, tier, own } = view;
    if (isUnconfirmed(view))
      actions.push({ kind: "alarm", reason: "unchallenged", commitId, because: "unconfirmed" });
    if (view.judgement !== "invalid") continue;
    const bond = tier.challengeBond;
    const because = obstacleTo(view, now, marginSeconds, [
      ["disabled", !challenge],
      ["refuted", refuted.has(request.programId)],
    ]);
    if (because === undefined && purse.takes(bond))
      actions.push({ kind: "challenge", commitId, bond, attempt: own.length, until: state.deadline });
    else actions.push({ kind: "alarm", reason: "unchallenged", commitId, because: because ?? "bond" });
  }
  return actions;
}

const obstacleTo = (
  { state }: Judged,
  now: bigint,
  marginSeconds: number,
  others: readonly [Obstacle, boolean][],
): Obstacle | undefined =>
  [...others, ["late", state.deadline - now < BigInt(marginSeconds)] as const].find(
    ([, applies]) => applies,
  )?.[0];

/** An input that is nowhere to be found is asked for while there is time: the window stays open until it is shown. */
function inputRequests(
  view: Judged,
  { now, inputs }: WatchtowerState,
  { challenge, marginSeconds, inputTries }: WatchtowerLimits,
  purse: Purse,
): WatchtowerAction[] {
  const { commitId, requestId, retired, judgement, inputBond: bond, state, tier } = view;
  const missing = inputs.missing.get(requestId);
  if (missing === undefined || bond === undefined || retired || !isInWindow(view, now)) return [];
  const isPressing = 2n * (state.deadline - now) < BigInt(tier.windowSeconds);
  if (judgement === "distrusted" || (missing.tries < inputTries && !isPressing)) return [];
  const because = obstacleTo(view, now, marginSeconds, [["disabled", !challenge]]);
  if (because === undefined && purse.takes(bond))
    return [{ kind: "requestInput", commitId, bond, until: state.deadline }];
  return [{ kind: "alarm", reason: "inputMissing", commitId, because: because ?? "bond" }];
}

/** One execution came out differently, and the other one failed: nobody should take that for a right answer. */
const isUnconfirmed = ({ judgement, evidence }: Judged): boolean =>
  judgement === "unavailable" && evidence.fast !== undefined;

const unfinished: readonly Judged["judgement"][] = ["unchecked", "unconfirmed", "unavailable"];

const isChecked = (view: Judged, { now }: WatchtowerState): boolean =>
  (view.playing || isInWindow(view, now)) && unfinished.includes(view.judgement);

function checks(view: Judged, given: WatchtowerState): WatchtowerAction[] {
  const { commitId, requestId, evidence, state } = view;
  if (!isChecked(view, given) || given.inputs.missing.has(requestId)) return [];
  if (given.now < (evidence.retryAt ?? 0n)) return [];
  const kind = evidence.fast === undefined ? "check" : "confirm";
  return [{ kind, commitId, until: state.deadline }];
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
