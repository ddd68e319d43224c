// assay disputes: which commitments are contested, and how each game went so far.
import { getClaim, getCommitment, getDispute, getTurn } from "@assay/sdk";
import { type DisputeStatus, disputeStatuses } from "@assay/sdk/protocol";
import type { Address, Hex } from "viem";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional, required } from "../cli/command.ts";
import { readGameEvents } from "../cli/gameLog.ts";
import { type GameMove, movesOf } from "../cli/gameMoves.ts";
import { facts, short, table, timeText, tokenText } from "../cli/layout.ts";
import { address, id, oneOf } from "../cli/values.ts";

type Turn = { who: "worker" | "challenger"; deadline: bigint };

type ListedDispute = {
  disputeId: Hex;
  commitId: Hex;
  challenger: Address;
  status: DisputeStatus;
  bond: bigint;
  turn: Turn | null;
};

type Listed = { disputes: ListedDispute[]; now: number };

const turnText = (turn: Turn | null, now: number): string =>
  turn === null ? "" : `${turn.who}, until ${timeText(turn.deadline, now)}`;

export const disputesListCommand = defineCommand({
  name: "disputes list",
  group: "Disputes",
  summary: "List disputes, newest first",
  scopes: ["chain", "follow"],
  flags: {
    status: optional(oneOf(...disputeStatuses), "Only disputes of this status", { placeholder: "status" }),
    commitment: optional(id, "Only disputes on this commitment", { placeholder: "commitId" }),
    challenger: optional(address, "Only disputes of this challenger", { placeholder: "address" }),
  },
  examples: ["assay disputes list --status open"],
  run: async (context, { status, commitment, challenger }): Promise<Listed> => {
    const chain = await openChain(context);
    const { chunkBlocks } = context.config;
    const opened = (await readGameEvents(chain, { chunkBlocks, signal: context.signal })).flatMap((event) =>
      event.eventName === "Challenged" ? [event.args] : [],
    );
    const wanted = opened.filter(
      (one) =>
        (commitment === undefined || one.commitId === commitment) &&
        (challenger === undefined || one.challenger === challenger),
    );
    const disputes = await Promise.all(
      wanted.reverse().map(({ disputeId }) => readDispute(chain, disputeId)),
    );
    return {
      disputes: disputes.filter((dispute) => status === undefined || dispute.status === status),
      now: Math.floor(context.clock.now() / 1_000),
    };
  },
  render: ({ disputes, now }) =>
    table(
      ["dispute", "commitment", "challenger", "status", "bond", "turn"],
      disputes.map((one) => [
        one.disputeId,
        short(one.commitId),
        one.challenger,
        one.status,
        tokenText(one.bond),
        turnText(one.turn, now),
      ]),
      "There are no such disputes.",
    ),
});

async function readDispute(
  { client, deployment }: Awaited<ReturnType<typeof openChain>>,
  disputeId: Hex,
): Promise<ListedDispute> {
  const { commitId, challenger, status, bond } = await getDispute(client, { deployment, disputeId });
  const present = status === "open" ? await getTurn(client, { deployment, disputeId }) : null;
  const turn: Turn | null =
    present === null
      ? null
      : { who: present.workersTurn ? "worker" : "challenger", deadline: present.deadline };
  return { disputeId, commitId, challenger, status, bond, turn };
}

type ShownDispute = ListedDispute & {
  requestId: Hex;
  worker: Address;
  outputRoot: Hex;
  moves: GameMove[];
  now: number;
};

export const disputesShowCommand = defineCommand({
  name: "disputes show",
  group: "Disputes",
  summary: "Show one dispute and every move of its game",
  scopes: ["chain", "follow"],
  args: { dispute: required(id, "Dispute id") },
  run: async (context, { dispute: disputeId }): Promise<ShownDispute> => {
    const chain = await openChain(context);
    const { client, deployment } = chain;
    const dispute = await readDispute(chain, disputeId);
    const { commitId } = dispute;
    const { chunkBlocks } = context.config;
    const [commitment, { slots, maxPasses }, events] = await Promise.all([
      getCommitment(client, { deployment, commitId }),
      getClaim(client, { deployment, commitId }),
      readGameEvents(chain, { chunkBlocks, signal: context.signal }),
    ]);
    const moves = await movesOf(chain, events, { disputeId, commitId, slots, maxPasses });
    const { subject: requestId, worker, outputRoot } = commitment.terms;
    return { ...dispute, requestId, worker, outputRoot, moves, now: Math.floor(context.clock.now() / 1_000) };
  },
  render: (shown) =>
    [
      facts([
        ["dispute", shown.disputeId],
        ["status", shown.status],
        ["turn", turnText(shown.turn, shown.now) || undefined],
        ["commitment", shown.commitId],
        ["request", shown.requestId],
        ["worker", shown.worker],
        ["challenger", shown.challenger],
        ["bond", tokenText(shown.bond)],
        ["output root", shown.outputRoot],
      ]),
      table(
        ["time", "who", "move"],
        shown.moves.map(({ at, who, move }) => [timeText(at, shown.now), who, move]),
        "",
      ),
    ].join("\n\n"),
});
