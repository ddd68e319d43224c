// A dispute as a player needs to see it: where it stands, what was shown, and this machine's own trace.
import {
  getBinding,
  getCommitment,
  getDispute,
  getInput,
  getProgram,
  getRequest,
  getReveal,
  getTier,
} from "@assay/sdk";
import { type Revealed, type Trace, traceExecution } from "@assay/sdk/program";
import { EMPTY } from "@assay/sdk/protocol";
import { type Hex, hexToBytes } from "viem";
import type { DescendedCommitment } from "../strategy/challengerMoves.ts";
import type { DisputeView } from "../strategy/views.ts";
import type { ChainAccess } from "./chain.ts";
import type { Context } from "./context.ts";
import { type GameEvent, readGameEvents } from "./gameLog.ts";
import { findProgram } from "./programSource.ts";

export type GameView = {
  dispute: DisputeView;
  commitment: DescendedCommitment & { disputes: readonly DisputeView[] };
  /** The newest block's time: what the contract's clocks go by. */
  now: bigint;
};

/** Reads everything about one dispute, and executes the program to have an own trace. */
export async function readGame(context: Context, chain: ChainAccess, disputeId: Hex): Promise<GameView> {
  const { client, deployment } = chain;
  const dispute = await getDispute(client, { deployment, disputeId });
  const { commitId, node, rooted } = dispute;
  const [commitment, binding, block, events] = await Promise.all([
    getCommitment(client, { deployment, commitId }),
    getBinding(client, { deployment, commitId }),
    client.getBlock(),
    readGameEvents(chain, { chunkBlocks: context.config.chunkBlocks, signal: context.signal }),
  ]);
  const { subject: requestId, outputRoot, passes, programId, version } = commitment.terms;
  const { request, status: stage, deadline, worker } = await getRequest(client, { deployment, requestId });
  const [tier, { status }, reveal, trace] = await Promise.all([
    getTier(client, { deployment, version }),
    getProgram(client, { deployment, programId }),
    rooted && node !== EMPTY
      ? getReveal(client, { deployment, commitId, node })
      : { kind: "unrevealed" as const, revealedAt: 0n },
    ownTrace(context, chain, { requestId, programId }),
  ]);
  const isPaid = events.some(
    (event) => event.eventName === "DisputeSettled" && event.args.disputeId === disputeId,
  );
  const view: DisputeView = { disputeId, dispute, reveal, settled: isPaid };
  const { holds, slashedAt, settled } = commitment;
  return {
    dispute: view,
    commitment: {
      requestId,
      request,
      state: { status: stage, deadline, worker },
      tier,
      retired: status === "retired",
      commitId,
      commitment: { outputRoot, passes, holds, slashedAt, settled },
      binding,
      disputes: [view],
      trace,
      revealed: shownOn(events, commitId),
    },
    now: block.timestamp,
  };
}

/** Every tensor of the disputed execution, computed here by the SDK's own integers. */
export async function ownTrace(
  context: Context,
  chain: ChainAccess,
  { requestId, programId }: { requestId: Hex; programId: Hex },
): Promise<Trace> {
  const { client, deployment } = chain;
  const [{ committed }, input] = await Promise.all([
    findProgram(context, chain, programId),
    getInput(client, { deployment, requestId }),
  ]);
  return traceExecution(committed, input);
}

/** What was shown on-chain of the nodes of one commitment. */
function shownOn(events: readonly GameEvent[], commitId: Hex): (node: Hex) => Revealed | undefined {
  const shown = new Map<Hex, Revealed>();
  for (const event of events) {
    if (!("commitId" in event.args) || event.args.commitId !== commitId) continue;
    if (event.eventName === "TraceBound")
      shown.set(event.args.traceRoot, { kind: "inner", children: event.args.children });
    if (event.eventName === "NodeRevealed")
      shown.set(event.args.node, { kind: "inner", children: event.args.children });
    if (event.eventName === "TileRevealed")
      shown.set(event.args.node, { kind: "tile", tile: hexToBytes(event.args.tile) });
  }
  return (node) => shown.get(node);
}
