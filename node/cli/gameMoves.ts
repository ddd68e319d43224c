// Tells a dispute's game as a list of moves: who, when, and where in the trees.
import { lastChoice, leafIndex, type Position, sections, traceDepth } from "@assay/sdk/protocol";
import type { Hex } from "viem";
import type { ChainAccess } from "./chain.ts";
import type { GameEvent } from "./gameLog.ts";
import { short, tokenText } from "./layout.ts";

export type GameMove = { at: number; who: string; move: string; block: bigint; transaction: Hex };

export type Game = { disputeId: Hex; commitId: Hex; slots: number; maxPasses: number };

/** The moves of one dispute, with the bindings and reveals on its commitment, oldest first. */
export async function movesOf(
  chain: ChainAccess,
  events: readonly GameEvent[],
  game: Game,
): Promise<GameMove[]> {
  const told = events.flatMap((event) => {
    const move = isOf(event, game) ? tell(event, game) : undefined;
    return move === undefined
      ? []
      : [{ ...move, block: event.blockNumber, transaction: event.transactionHash }];
  });
  const blocks = [...new Set(told.map(({ block }) => block))];
  const times = new Map(
    await Promise.all(
      blocks.map(async (blockNumber) => {
        const { timestamp } = await chain.client.getBlock({ blockNumber });
        return [blockNumber, Number(timestamp)] as const;
      }),
    ),
  );
  return told.map((move) => ({ at: times.get(move.block) ?? 0, ...move }));
}

function isOf({ args }: GameEvent, { disputeId, commitId }: Game): boolean {
  if ("disputeId" in args) return args.disputeId === disputeId;
  return "commitId" in args && args.commitId === commitId;
}

function tell(event: GameEvent, game: Game): { who: string; move: string } | undefined {
  switch (event.eventName) {
    case "Challenged":
      return { who: "challenger", move: `challenges with a bond of ${tokenText(event.args.bond)}` };
    case "TraceBound":
      return { who: "worker", move: `binds itself to trace root ${short(event.args.traceRoot)}` };
    case "NodeRevealed":
      return { who: "worker", move: `reveals the 16 children of ${short(event.args.node)}` };
    case "TileRevealed":
      return {
        who: "worker",
        move: `reveals the tile ${short(event.args.node)}: ${byteCount(event.args.tile)} bytes`,
      };
    case "Chosen":
      return { who: "challenger", move: `chooses ${placeText(event.args.position, game)}` };
    case "StepProved": {
      const verdict = event.args.verdict === 1 ? "the worker was wrong" : "the worker was right";
      return { who: "challenger", move: `proves element ${event.args.element}: ${verdict}` };
    }
    case "TimedOut":
      return {
        who: "anyone",
        move: `ends it: the ${event.args.workerLost ? "worker" : "challenger"} let its clock run out`,
      };
    case "DisputeEnded":
      return { who: "contract", move: "the dispute has ended" };
    case "DisputeSettled":
      return {
        who: "contract",
        move: `pays the challenger: bond ${tokenText(event.args.bond)}, reward ${tokenText(event.args.reward)}, gas ${tokenText(event.args.gas)}`,
      };
    default:
      return undefined;
  }
}

const byteCount = (hex: Hex): number => (hex.length - 2) / 2;

/** A position as people say it: which child, and once the trace is left behind, of which step's tensor. */
function placeText(
  position: { section: number; depth: number; path: bigint },
  { slots, maxPasses }: Game,
): string {
  const section = sections[position.section] ?? "trace";
  const place: Position = { ...position, section };
  const child = `child ${lastChoice(place)}`;
  if (section === "output") return `${child} of the output, level ${place.depth}`;
  const depth = traceDepth(slots, maxPasses);
  if (place.depth < depth) return `${child} of the trace, level ${place.depth}`;
  const leaf = Number(leafIndex(place, depth));
  const tensor = `the tensor of step ${leaf % slots}`;
  return place.depth === depth ? `${child} of the trace: ${tensor}` : `${child} inside ${tensor}`;
}
