// What a defender does: it binds and reveals for a worker whose own machine may be off. It never claims or commits.
import { type InputReply, type InputState, inputReplies } from "./inputPlan.ts";
import { type DefendedCommitment, type Reply, type ReplyLimits, replies } from "./replies.ts";

export interface DefenderState {
  /** Time of the block that the rest was read at, unix seconds. */
  now: bigint;
  /** The defended worker's commitments that are not terminal. */
  commitments: readonly DefendedCommitment[];
  inputs: InputState;
}

export type DefenderLimits = ReplyLimits;
export type DefenderAction = Reply | InputReply;

/** The moves due now, most urgent first. */
export function defenderPlan(state: DefenderState, limits: DefenderLimits): DefenderAction[] {
  const { now, commitments, inputs } = state;
  return [
    ...inputReplies(commitments, inputs, now, limits.patienceSeconds),
    ...replies(commitments, now, limits),
  ];
}
