// How a commitment is going to end, and whether that is how it should: what a monitor tells in time for somebody to act.
import type { Judgement } from "./judgement.ts";
import { standing } from "./turns.ts";
import type { CommitmentView, DisputeView } from "./views.ts";

/** `against`: unless somebody acts, a wrong answer becomes final or a right one is slashed. */
export type Forecast = "agrees" | "against" | "unknown";

export type Because =
  /** A wrong answer that nobody disputes, half of its window gone. */
  | "unchallenged"
  /** The challengers of a wrong answer are about to run out of time. */
  | "challengerLate"
  /** The worker is about to run out of time over a right answer. */
  | "workerLate"
  | "finalizedWrong"
  | "slashedRight";

export interface Outlook {
  forecast: Forecast;
  because?: Because;
}

/** Whose turn a dispute has, how much of it is left, and what it means for a commitment of that judgement. */
export interface DisputeOutlook {
  turn: "worker" | "challenger" | "nobody";
  /** Seconds; negative when the clock has run out. */
  left: number;
  forecast: Forecast;
}

type Contested = Pick<CommitmentView, "binding" | "state" | "tier">;

/** A dispute whose side to move has less than two floors left may well be lost by it. */
export function disputeOutlook(
  view: DisputeView,
  commitment: Contested,
  judgement: Judgement,
  now: bigint,
): DisputeOutlook {
  const { waitingFor, turn } = standing(view, commitment, now);
  const left = Number(turn.deadline - now);
  if (waitingFor === "nobody") return { turn: "nobody", left, forecast: "unknown" };
  const side = turn.workersTurn ? "worker" : "challenger";
  const isLate = left < 2 * commitment.tier.floorSeconds;
  if (judgement === "valid")
    return { turn: side, left, forecast: side === "worker" && isLate ? "against" : "agrees" };
  if (judgement === "invalid")
    return { turn: side, left, forecast: side === "challenger" && isLate ? "against" : "agrees" };
  return { turn: side, left, forecast: "unknown" };
}

export function outlookOf(view: CommitmentView, judgement: Judgement, now: bigint): Outlook {
  const { status } = view.state;
  const isRight = judgement === "valid";
  if (!isRight && judgement !== "invalid") return { forecast: "unknown" };
  if (status === "finalized")
    return isRight ? { forecast: "agrees" } : { forecast: "against", because: "finalizedWrong" };
  if (status === "slashed")
    return isRight ? { forecast: "against", because: "slashedRight" } : { forecast: "agrees" };
  if (status !== "committed") return { forecast: "unknown" };
  const games = view.disputes.map((dispute) => disputeOutlook(dispute, view, judgement, now));
  const open = games.filter(({ turn }) => turn !== "nobody");
  if (isRight) {
    const isInDanger = open.some(({ forecast }) => forecast === "against");
    return isInDanger ? { forecast: "against", because: "workerLate" } : { forecast: "agrees" };
  }
  if (open.some(({ forecast }) => forecast === "agrees")) return { forecast: "agrees" };
  if (open.length > 0) return { forecast: "against", because: "challengerLate" };
  const left = Number(view.state.deadline - now);
  return 2 * left < view.tier.windowSeconds
    ? { forecast: "against", because: "unchallenged" }
    : { forecast: "unknown" };
}
