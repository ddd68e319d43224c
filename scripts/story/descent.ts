// The path of a dispute as the chain's events tell it, beside an honest execution to compare with.
import { dataFromBytes, elementCount, elementOfTile, type Trace, WIDTH } from "@assay/sdk/program";
import {
  ARITY,
  enumName,
  type Hex,
  hexToBytes,
  lastChoice,
  type Position,
  parent,
  sections,
  TILE_BYTES,
  TRACE_ROOT,
  tensorLevel,
} from "@assay/sdk/protocol";
import type { ProtocolEvent } from "../../node/chain/events.ts";
import { StoryError } from "./errors.ts";
import type { EventOf } from "./feed.ts";
import type { End, Level } from "./record.ts";

export interface Descent {
  levels: readonly Level[];
  /** Takes an event in; returns the level that it added. */
  take(event: ProtocolEvent): Level | undefined;
  /** Where the proof was made. */
  end(proved: EventOf<"StepProved">): End;
}

export function createDescent(trace: Trace, commitId: Hex): Descent {
  const levels: Level[] = [];
  const shown = new Map<Hex, readonly Hex[]>();
  const tiles = new Map<Hex, Uint8Array>();
  let node: Hex | undefined;

  function choose({ args }: EventOf<"Chosen">): Level {
    const position = positionOf(args.position);
    const from = parent(position) ?? TRACE_ROOT;
    const children = (node && shown.get(node)) ?? [];
    const own = trace.children(from);
    const chosen = lastChoice(position);
    node = args.node;
    const level: Level = {
      section: position.section,
      depth: from.depth,
      children,
      differs: children.map((child, index) => child !== own[index]),
      chosen,
      covers: coverOf(trace, position),
    };
    levels.push(level);
    return level;
  }

  return {
    levels,
    take: (event) => {
      if (event.eventName === "Chosen") return choose(event);
      if (!("commitId" in event.args) || event.args.commitId !== commitId) return undefined;
      if (event.eventName === "TraceBound") {
        node = event.args.traceRoot;
        shown.set(node, event.args.children);
      }
      if (event.eventName === "NodeRevealed") shown.set(event.args.node, event.args.children);
      if (event.eventName === "TileRevealed") tiles.set(event.args.node, hexToBytes(event.args.tile));
      return undefined;
    },
    end: ({ args }) => {
      const place = trace.placeOf(positionOf(args.position));
      const bytes = node && tiles.get(node);
      if (place.kind !== "tile" || bytes === undefined)
        throw new StoryError("The dispute did not end at a tile.", { facts: { kind: place.kind } });
      const { type } = trace.tensorOf(place.step);
      const values = [...dataFromBytes(type.dtype, bytes)];
      const own = dataFromBytes(type.dtype, trace.tileBytes(place.step, place.tile));
      return {
        step: place.step,
        op: trace.committed.program.steps[place.step]?.op ?? "Collect",
        shape: type.shape,
        tile: place.tile,
        element: elementOfTile(type, place.tile, args.element),
        elementInTile: args.element,
        tileValues: values.map(String),
        bits: 8 * WIDTH[type.dtype],
        claimed: String(values[args.element]),
        recomputed: String(own[args.element]),
      };
    },
  };
}

const positionOf = ({ section, ...rest }: { section: number; depth: number; path: bigint }): Position => ({
  ...rest,
  section: enumName(sections, section),
});

/** What lies below a position, in words. */
function coverOf(trace: Trace, position: Position): string {
  const { steps } = trace.committed.program;
  const level = tensorLevel(position, trace.depth);
  if (level < 0) {
    const first = Number(position.path) * ARITY ** -level;
    const last = Math.min(first + ARITY ** -level, steps.length) - 1;
    return first === last ? `step ${first}` : `steps ${first} to ${last}`;
  }
  const place = trace.placeOf(position);
  if (place.step === undefined || place.kind === "padding") return "where nothing belongs";
  const step = steps[place.step];
  if (level === 0 || step === undefined) return `step ${place.step}, ${step?.op ?? "the output"}`;
  if (place.kind === "inner") return `a part of step ${place.step}`;
  const perTile = TILE_BYTES / WIDTH[step.out.dtype];
  const first = place.tile * perTile;
  const last = Math.min(first + perTile, elementCount(step.out)) - 1;
  return `tile ${place.tile}, ${last - first + 1} elements`;
}
