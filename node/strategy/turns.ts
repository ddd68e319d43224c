// Whose move a dispute waits for, answered with the inequality that the contract uses.
import { hasTimedOut, respondedAt, type Turn, turn } from "@assay/sdk/protocol";
import type { CommitmentView, DisputeView } from "./views.ts";

/** `timeout`: the side to move has let its clock run out; `nobody`: the dispute or its commitment has ended. */
export type Waiting = "worker" | "challenger" | "timeout" | "nobody";

export interface Standing {
  waitingFor: Waiting;
  turn: Turn;
}

/** Who has to move in a dispute on `commitment` at `now`, and until when. */
export function standing(
  view: DisputeView,
  commitment: Pick<CommitmentView, "binding" | "state">,
  now: bigint,
): Standing {
  const present = turn(view.dispute, respondedAt(view.dispute, commitment.binding, view.reveal));
  const isOpen = view.dispute.status === "open" && commitment.state.status === "committed";
  return { waitingFor: isOpen ? waitingFor(present, now) : "nobody", turn: present };
}

function waitingFor(present: Turn, now: bigint): Waiting {
  if (hasTimedOut(present, now)) return "timeout";
  return present.workersTurn ? "worker" : "challenger";
}
