// assay disputes challenge|move|timeout|settle: a dispute by hand, one transaction at a time.
import {
  type ContractCall,
  challenge,
  challengeCall,
  getDispute,
  getTier,
  sendCall,
  settleDispute,
  settleDisputeCall,
  timeoutDispute,
  timeoutDisputeCall,
} from "@assay/sdk";
import type { Hash, Hex } from "viem";
import { defineCommand, optional, required, toggle } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { ownTrace, readGame } from "../cli/gameView.ts";
import { facts, timeText, tokenText } from "../cli/layout.ts";
import { openAnswer } from "../cli/opening.ts";
import { requireTokens } from "../cli/tokens.ts";
import { renderWrite, type Writer, write, writeFlags } from "../cli/transaction.ts";
import { id, oneOf } from "../cli/values.ts";
import { FatalError, RetryableError } from "../errors.ts";
import { challengerSend, replySend } from "../roles/calls.ts";
import { challengerMove } from "../strategy/challengerMoves.ts";
import { replies } from "../strategy/replies.ts";
import { standing } from "../strategy/turns.ts";

/** The move would cost money and prove nothing. */
export class NothingToDisputeError extends FatalError {
  override name = "NothingToDisputeError";
}

/** It is the other side's turn. */
export class NotYourTurnError extends RetryableError {
  override name = "NotYourTurnError";
}

const dispute = required(id, "Dispute id");

type Challenged = { hash: Hash; disputeId: Hex; bond: bigint; workerDeadline: bigint; now: number };

export const disputesChallengeCommand = defineCommand({
  name: "disputes challenge",
  group: "Disputes",
  summary: "Challenge a commitment that is wrong",
  about: "Runs the program first, and refuses to spend the bond on an answer that comes out the same here.",
  scopes: ["chain", "keys", "send", "programs"],
  args: { commitment: required(id, "Commitment id") },
  flags: { unchecked: toggle("Do not run the program: challenge whatever it is"), ...writeFlags },
  run: (context, { commitment: commitId, unchecked, ...flags }) =>
    write<Challenged>(context, flags, "challenger", async (writer) => {
      const { client, deployment, sender, transaction } = writer;
      const { terms, opening } = await openAnswer(writer, commitId);
      const { subject: requestId, programId, outputRoot, passes, version } = terms;
      const { challengeBond: bond } = await getTier(client, { deployment, version });
      if (!unchecked) {
        const own = await ownTrace(context, writer, { requestId, programId });
        if (own.outputRoot === outputRoot && own.passes === passes)
          throw new NothingToDisputeError("The answer is right: this machine computes the same.", {
            facts: { commitId, outputRoot },
            hint: "Leave it alone; a challenge would lose its bond",
          });
      }
      await requireTokens(writer, sender, bond);
      return {
        calls: [challengeCall({ deployment, commitId, opening })],
        effect: `${tokenText(bond)} of ${sender} are held as the bond of a dispute on ${commitId}.`,
        send: async () => {
          const { hash, disputeId, workerDeadline } = await challenge(client, {
            deployment,
            commitId,
            ...transaction,
          });
          return { hash, disputeId, bond, workerDeadline, now: nowOf(context) };
        },
      };
    }),
  render: renderWrite<Challenged>(({ hash, disputeId, bond, workerDeadline, now }) =>
    facts([
      ["dispute", disputeId],
      ["bond", tokenText(bond)],
      ["worker has to answer", timeText(workerDeadline, now)],
      ["transaction", hash],
    ]),
  ),
});

type Moved = { hash: Hash; disputeId: Hex; move: string };

export const disputesMoveCommand = defineCommand({
  name: "disputes move",
  group: "Disputes",
  summary: "Make the next move of a dispute, computed from an own execution",
  about:
    "Plays the side whose turn it is: the challenger chooses the first child that differs or proves the step, the worker binds or reveals. Nodes do this by themselves; this is for when none can.",
  scopes: ["chain", "keys", "send", "programs"],
  args: { dispute },
  flags: {
    as: optional(oneOf("challenger", "worker"), "Side to play; the one whose turn it is if not given", {
      placeholder: "side",
    }),
    ...writeFlags,
  },
  run: async (context, { dispute: disputeId, as, ...flags }) => {
    const role = as === "worker" ? "operator" : "challenger";
    return write<Moved>(context, flags, role, async (writer) => {
      const { kind, call } = await nextMove(context, writer, disputeId, as);
      return {
        calls: [call],
        effect: `The dispute goes on with ${kind}.`,
        send: async () => {
          const { hash } = await sendCall(writer.client, { call, ...writer.transaction });
          return { hash, disputeId, move: kind };
        },
      };
    });
  },
  render: renderWrite<Moved>(({ hash, disputeId, move }) =>
    facts([
      ["move", move],
      ["dispute", disputeId],
      ["transaction", hash],
    ]),
  ),
});

async function nextMove(
  context: Context,
  writer: Writer,
  disputeId: Hex,
  side: "challenger" | "worker" | undefined,
): Promise<{ kind: string; call: ContractCall }> {
  const { deployment } = writer;
  const game = await readGame(context, writer, disputeId);
  const { waitingFor, turn } = standing(game.dispute, game.commitment, game.now);
  if (waitingFor === "timeout")
    return { kind: "timeout", call: timeoutDisputeCall({ deployment, disputeId }) };
  if (waitingFor === "nobody")
    throw new NothingToDisputeError("The dispute has ended.", { facts: { disputeId } });
  if (side !== undefined && side !== waitingFor)
    throw new NotYourTurnError(`It is the ${waitingFor}'s turn.`, {
      facts: { disputeId, until: new Date(Number(turn.deadline) * 1_000).toISOString() },
    });
  const call = waitingFor === "challenger" ? challengerCall(writer, game) : workerCall(writer, game);
  if (call !== undefined) return call;
  throw new NothingToDisputeError(
    "There is no move to make: what the worker has shown is what this machine computes.",
    {
      facts: { disputeId },
      hint: "The challenge was a mistake: it is lost when its clock runs out",
    },
  );
}

type Game = Awaited<ReturnType<typeof readGame>>;

function challengerCall({ deployment }: Writer, { dispute, commitment, now }: Game) {
  const move = challengerMove(dispute, commitment, now);
  if (move === undefined || move.kind === "alarm" || move.kind === "trace" || move.kind === "timeout")
    return undefined;
  return { kind: move.kind, call: challengerSend(deployment, move).call as ContractCall };
}

function workerCall({ deployment }: Writer, { commitment, now }: Game) {
  const { trace } = commitment;
  const [reply] = replies([commitment], now, { patienceSeconds: 0 });
  if (trace === undefined || reply === undefined || reply.kind === "alarm" || reply.kind === "trace")
    return undefined;
  const request = replySend(deployment, reply, trace);
  return request && { kind: reply.kind, call: request.call as ContractCall };
}

type TimedOut = { hash: Hash; disputeId: Hex; workerLost: boolean };

export const disputesTimeoutCommand = defineCommand({
  name: "disputes timeout",
  group: "Disputes",
  summary: "End a dispute whose side to move let its clock run out",
  scopes: ["chain", "keys", "send"],
  args: { dispute },
  flags: writeFlags,
  run: (context, { dispute: disputeId, ...flags }) =>
    write<TimedOut>(context, flags, "challenger", async ({ client, deployment, transaction }) => ({
      calls: [timeoutDisputeCall({ deployment, disputeId })],
      effect: "Whoever's clock has run out loses the dispute.",
      send: async () => {
        const { hash, workerLost } = await timeoutDispute(client, { deployment, disputeId, ...transaction });
        return { hash, disputeId, workerLost };
      },
    })),
  render: renderWrite<TimedOut>(({ hash, disputeId, workerLost }) =>
    facts([
      ["lost by", workerLost ? "the worker" : "the challenger"],
      ["dispute", disputeId],
      ["transaction", hash],
    ]),
  ),
});

type Settled = { hash: Hash; disputeId: Hex; bond: bigint; reward: bigint; gas: bigint };

export const disputesSettleCommand = defineCommand({
  name: "disputes settle",
  group: "Disputes",
  summary: "Credit a challenger with its bond, and with its reward where it won",
  scopes: ["chain", "keys", "send"],
  args: { dispute },
  flags: writeFlags,
  run: (context, { dispute: disputeId, ...flags }) =>
    write<Settled>(context, flags, "challenger", async ({ client, deployment, transaction }) => {
      const { challenger, bond } = await getDispute(client, { deployment, disputeId });
      return {
        calls: [settleDisputeCall({ deployment, disputeId })],
        effect: `${challenger} is credited with its bond of ${tokenText(bond)} and what it has earned.`,
        send: async () => {
          const settled = await settleDispute(client, { deployment, disputeId, ...transaction });
          const { hash, bond: returned, reward, gas } = settled;
          return { hash, disputeId, bond: returned, reward, gas };
        },
      };
    }),
  render: renderWrite<Settled>(({ hash, disputeId, bond, reward, gas }) =>
    facts([
      ["bond", tokenText(bond)],
      ["reward", tokenText(reward)],
      ["gas", tokenText(gas)],
      ["dispute", disputeId],
      ["transaction", hash],
    ]),
  ),
});

const nowOf = ({ clock }: Context): number => Math.floor(clock.now() / 1_000);
