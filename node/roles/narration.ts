// Tells disputes as the chain's events have them, with this machine's own figures beside the worker's.
import { type DType, dataFromBytes, stepAt, WIDTH, withPasses } from "@assay/sdk/program";
import { enumName, type Hex, hexToBytes, type Position, sections, verdicts } from "@assay/sdk/protocol";
import type { ProtocolEvent } from "../chain/events.ts";
import type { RoleContext } from "./context.ts";
import type { DisputedElement, DisputeEvent } from "./roleEvents.ts";
import type { Traces } from "./traces.ts";

type Told = DisputeEvent extends infer event
  ? event extends DisputeEvent
    ? Omit<event, "hash" | "gas">
    : never
  : never;

export type Narration = {
  /** Tells what happened in disputes that are followed; in order, one after the other. */
  tell(events: readonly ProtocolEvent[]): Promise<void>;
};

export function createNarration(
  { journal, endpoints, logger, onEvent }: Pick<RoleContext, "journal" | "endpoints" | "logger" | "onEvent">,
  traces: Traces,
  isFollowed: (commitId: Hex) => boolean,
): Narration {
  let last: Promise<void> = Promise.resolve();

  async function tellOne(event: ProtocolEvent): Promise<void> {
    const told = await describe(event);
    if (told === undefined || !isFollowed(told.commitId)) return;
    const hash = event.transactionHash;
    const { gasUsed } = await endpoints.use((client) => client.getTransactionReceipt({ hash }));
    const { kind, ...facts } = told;
    logger.info("Dispute event", { event: kind, ...facts, txHash: hash });
    onEvent?.({ ...told, hash, gas: gasUsed });
  }

  async function describe(event: ProtocolEvent): Promise<Told | undefined> {
    switch (event.eventName) {
      case "Challenged": {
        const { commitId, disputeId, challenger, bond } = event.args;
        return { kind: "challenged", commitId, disputeId, challenger, bond };
      }
      case "TraceBound":
        return { kind: "bound", commitId: event.args.commitId, traceRoot: event.args.traceRoot };
      case "NodeRevealed":
        return { kind: "revealed", commitId: event.args.commitId, node: event.args.node };
      case "TileRevealed": {
        const { commitId, node, tile } = event.args;
        return { kind: "tile", commitId, node, bytes: hexToBytes(tile).length };
      }
      case "Chosen": {
        const { disputeId, node, position } = event.args;
        const commitId = commitOf(disputeId);
        const section = enumName(sections, position.section);
        return commitId && { kind: "chosen", commitId, disputeId, node, section, path: choicesOf(position) };
      }
      case "StepProved": {
        const { disputeId, commitId, verdict, position, element } = event.args;
        const place = { ...position, section: enumName(sections, position.section) };
        const decided = await elementAt(commitId, disputeId, place, element);
        return { kind: "stepProved", commitId, disputeId, verdict: enumName(verdicts, verdict), ...decided };
      }
      case "TimedOut":
        return { kind: "timedOut", ...event.args };
      case "CommitmentSlashed": {
        const { commitId, worker, amount, reporter } = event.args;
        return { kind: "slashed", commitId, worker, amount, reporter };
      }
      case "SlashSettled": {
        const { commitId, reporterReward, gasPot, compensation, burned } = event.args;
        return { kind: "settled", commitId, reward: reporterReward, gasPot, compensation, burned };
      }
      case "DisputeSettled": {
        const { disputeId, challenger, bond, reward, gas } = event.args;
        const commitId = commitOf(disputeId);
        return commitId && { kind: "paid", commitId, disputeId, challenger, bond, reward, refundedGas: gas };
      }
      default:
        return undefined;
    }
  }

  const commitOf = (disputeId: Hex) => journal.disputes.get(disputeId)?.data.commitId;

  /** What the worker claims of the element and what this machine has; undefined when the tile itself was misplaced. */
  async function elementAt(
    commitId: Hex,
    disputeId: Hex,
    position: Position,
    element: number,
  ): Promise<DisputedElement | undefined> {
    const trace = traces.get(commitId);
    const node = journal.disputes.get(disputeId)?.data.node;
    const tile = node && journal.revealOf(commitId, node)?.tile;
    const place = trace?.placeOf(position);
    if (trace === undefined || tile === undefined || place?.kind !== "tile") return undefined;
    const { step, pass, tile: number } = place;
    const { op, out } = stepAt(trace.committed.program, step);
    const own = await withPasses(trace, () => trace.tileBytes(step, number, pass));
    const claimed = valueAt(out.dtype, hexToBytes(tile), element);
    const recomputed = valueAt(out.dtype, own, element);
    if (claimed === undefined || recomputed === undefined) return undefined;
    return { pass, step, op, element, claimed, recomputed };
  }

  return {
    tell: (events) => {
      for (const event of events) {
        last = last
          .then(() => tellOne(event))
          .catch((error: unknown) => logger.warn("Event not told", { error }));
      }
      return last;
    },
  };
}

function valueAt(dtype: DType, tile: Uint8Array, element: number): bigint | undefined {
  if (tile.length % WIDTH[dtype] !== 0) return undefined;
  const value = dataFromBytes(dtype, tile)[element];
  return value === undefined ? undefined : BigInt(value);
}

/** The child numbers from the root down. */
function choicesOf({ depth, path }: { depth: number; path: bigint }): number[] {
  return Array.from({ length: depth }, (_, level) => Number((path >> BigInt(4 * (depth - 1 - level))) & 15n));
}
