// What an iterated program is beyond a graph, in a few words of metadata: "t0:x1,t7 t3:c2,t9" says that slot 0 begins with
// input 1 and goes on with slot 7.
import type { Program } from "../types.ts";
import { NotFastFormError } from "./errors.ts";

export const CARRIES_KEY = "assay.carries";
export const STOP_KEY = "assay.stop";
export const PASSES_KEY = "assay.max_passes";
/** How many of the graph's outputs are the program's: those after them are only read by the next pass. */
export const OUTPUTS_KEY = "assay.outputs";

/** The names of what a Carry begins and goes on with. */
export interface CarryNames {
  readonly initial: string;
  readonly next: string;
}

/** By the name of the slot, in order. */
export function writeCarries(carries: ReadonlyMap<string, CarryNames>): string {
  return Array.from(carries, ([name, { initial, next }]) => `${name}:${initial},${next}`).join(" ");
}

/** The inverse of {@link writeCarries}. */
export function readCarries(text: string): Map<string, CarryNames> {
  const carries = new Map<string, CarryNames>();
  if (text === "") return carries;
  for (const entry of text.split(" ")) {
    const match = /^(t\d{1,10}):([xc]\d{1,10}),(t\d{1,10})$/.exec(entry);
    if (!match) throw new NotFastFormError("A carry is not readable.", { facts: { entry } });
    carries.set(match[1]!, { initial: match[2]!, next: match[3]! });
  }
  return carries;
}

/**
 * `fast`: the graph's outputs are the program's outputs, then of an iterated program what the next pass and Stop read.
 * `trace`: the graph's outputs are all slots in order, but for Carry and Stop; what rebuilds a trace.
 */
export type OnnxForm = "fast" | "trace";

/** The slots that are outputs of the graph, in order. Carry and Stop are never among them: the executor has them itself. */
export function graphOutputs({ steps, outputs }: Program, form: OnnxForm): number[] {
  const all = steps.map((_, slot) => slot);
  const read = steps.flatMap(({ op, operands }) => {
    const source = op === "Carry" ? operands[1]?.source : op === "Stop" ? operands[0]?.source : undefined;
    return source?.kind === "slot" ? [source.index] : [];
  });
  const wanted = new Set(form === "trace" ? all : [...outputs, ...read]);
  return [...wanted].filter((slot) => !["Carry", "Stop"].includes(steps[slot]?.op ?? ""));
}

/** The slots of the Carry steps: inputs of the graph after the program's own, under the name of the slot. */
export const carrySlots = ({ steps }: Program): number[] =>
  steps.flatMap(({ op }, slot) => (op === "Carry" ? [slot] : []));

/** A number that is written in metadata; `absent` where it is not. */
export function readCount(text: string | undefined, absent: number): number {
  if (text === undefined) return absent;
  if (!/^[1-9]\d{0,9}$/.test(text))
    throw new NotFastFormError("A number in the metadata is not readable.", { facts: { text } });
  return Number(text);
}
