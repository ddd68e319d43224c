// Whose turn it is in a dispute and until when: derived, never stored. Twin of contracts/libraries/GameClockLib.sol.
import type { Binding, Dispute, Reveal } from "./dispute.ts";
import { EMPTY } from "./merkle.ts";

/** The part of a dispute that the clocks are made of. */
export type Clocks = Pick<Dispute, "lastMoveAt" | "workerSeconds" | "challengerSeconds">;

export interface Turn {
  /** With a passed deadline: the worker has lost, by silence or by a late answer. */
  workersTurn: boolean;
  /** When this side's clock began to run. */
  startedAt: bigint;
  /** A move at the deadline is legal; a timeout needs it to have passed. */
  deadline: bigint;
}

/**
 * When the worker answered the challenger's last move; zero while it has not. The answer to the challenge is the bind, to a
 * choice the reveal of the chosen node. `EMPTY` has no preimage to show, so choosing it leaves the turn with the challenger.
 */
export function respondedAt(
  dispute: Pick<Dispute, "rooted" | "node" | "lastMoveAt">,
  binding: Pick<Binding, "boundAt">,
  reveal: Pick<Reveal, "revealedAt">,
): bigint {
  if (!dispute.rooted) return binding.boundAt;
  return dispute.node === EMPTY ? dispute.lastMoveAt : reveal.revealedAt;
}

/** Whose clock runs, given when the worker answered the challenger's last move (zero = not yet). */
export function turn(clocks: Clocks, respondedAt: bigint): Turn {
  const { lastMoveAt } = clocks;
  const workerDeadline = lastMoveAt + BigInt(clocks.workerSeconds);
  if (respondedAt === 0n || respondedAt > workerDeadline) {
    return { workersTurn: true, startedAt: lastMoveAt, deadline: workerDeadline };
  }
  const startedAt = respondedAt > lastMoveAt ? respondedAt : lastMoveAt;
  return { workersTurn: false, startedAt, deadline: startedAt + BigInt(clocks.challengerSeconds) };
}

/** True when the side to move has run out of time. */
export const hasTimedOut = ({ deadline }: Turn, now: bigint): boolean => now > deadline;

/** The clocks after a legal challenger move at `now`: each side pays for its own time and keeps at least the floor. */
export function clocksAfterChallengerMove(
  clocks: Clocks,
  respondedAt: bigint,
  now: bigint,
  floorSeconds: number,
): Clocks {
  const { workersTurn, startedAt, deadline } = turn(clocks, respondedAt);
  if (workersTurn || now < startedAt || now > deadline) {
    throw new RangeError(`The challenger cannot move at ${now}`);
  }
  return {
    lastMoveAt: now,
    workerSeconds: Math.max(floorSeconds, clocks.workerSeconds - Number(startedAt - clocks.lastMoveAt)),
    challengerSeconds: Math.max(floorSeconds, clocks.challengerSeconds - Number(now - startedAt)),
  };
}
