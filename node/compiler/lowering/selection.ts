// Lowers the numbers of the largest elements: ArgMax, ArgMin and the first few of TopK.
import type { Operand } from "@assay/sdk/program";
import type { Operation } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";
import { numbersAt } from "./movement.ts";
import { reduceAxes, reversed } from "./reductions.ts";
import type { Definitions, LoweringDefinition } from "./registry.ts";
import type { Value } from "./value.ts";

/** Elements that one ArgMax scans at most, so that a proof of it stays small. */
const MAX_BLOCK = 4096;
/** Most elements that TopK selects: each takes a pass over all. */
const MAX_SELECTED = 64;

/** Integers that are ordered as the values are; turned around for the least. */
function ordered(lowering: Lowering, name: string, least: boolean): Operand {
  const { emit, convert } = lowering;
  const given: Value = lowering.value(name);
  const value = given.kind === "u8" || given.kind === "integer" ? given : convert.toWide(given);
  const { operand } = value as { operand: Operand };
  const { dtype } = operand.type;
  const known = dtype === "u8" || dtype === "i64" || dtype === "i32" ? operand : emit.cast(operand, "i32");
  return least ? reversed(emit, known) : known;
}

/** The first place of the largest element along an axis, kept as 1; in blocks where one proof could not scan all. */
export function argMax(lowering: Lowering, operand: Operand, axis: number): Operand {
  const { emit } = lowering;
  const { shape } = operand.type;
  const size = shape[axis]!;
  if (size <= MAX_BLOCK) return emit.argMax(operand, axis, true);
  // the largest of each block, then the block, then the place in it
  const blocks = Math.ceil(size / MAX_BLOCK);
  const most = reduceAxes(emit, operand, [axis], (each, at) => emit.reduceMax(each, at));
  // 1 where an element is the largest: the first 1 is the answer
  const hit = emit.cast(emit.equal(operand, most), "u8");
  const width = Math.ceil(size / blocks);
  const full = emit.pad(
    hit,
    shape.map(() => 0),
    shape.with(axis, width * blocks),
    0,
  );
  const split = emit.reshape(full, [...shape.slice(0, axis), blocks, width, ...shape.slice(axis + 1)]);
  const places = emit.argMax(split, axis + 1, true);
  const found = emit.reduceMax(split, axis + 1);
  const block = emit.argMax(found, axis, true);
  const inside = emit.gatherElements(places, emit.clip(block, 0, blocks - 1), axis);
  const start = emit.mulNumber(block, width);
  return emit.clip(emit.reshape(emit.add(start, inside), shape.with(axis, 1)), 0, size - 1);
}

const lowerArg =
  (least: boolean): LoweringDefinition["lower"] =>
  (operation, lowering) => {
    const { emit } = lowering;
    const [input = ""] = operation.inputs;
    const [output = ""] = operation.outputs;
    const { attributes } = operation.node;
    const shape = lowering.shape(input);
    const axis = attributes.int("axis", 0);
    let operand = ordered(lowering, input, least);
    const last = attributes.int("select_last_index", 0) !== 0;
    const size = shape[axis]!;
    if (last) {
      const starts = shape.map((_, at) => (at === axis ? size - 1 : 0));
      operand = emit.slice(
        operand,
        starts,
        shape,
        shape.map((_, at) => (at === axis ? -1 : 1)),
      );
    }
    const place = argMax(lowering, operand, axis);
    const answer = last ? emit.sub(emit.scalar("i64", size - 1), place) : place;
    lowering.set(output, { kind: "integer", operand: emit.reshape(answer, lowering.shape(output)) });
  };

function lowerTopK(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { node, inputs, outputs } = operation;
  const { attributes } = node;
  const [input = ""] = inputs;
  const [values = "", places = ""] = outputs;
  const [count = 0] = numbersAt(operation, lowering, 1, "k");
  const shape = lowering.shape(input);
  const axis = attributes.int("axis", -1);
  const least = attributes.int("largest", 1) === 0;
  if (count > MAX_SELECTED)
    node.refuse(
      `it selects ${count} elements; the limit is ${MAX_SELECTED}`,
      "Select fewer, or outside the model.",
    );
  const given = lowering.value(input);
  const wide = given.kind === "integer" ? given : lowering.wide(input);
  // the model's own integers get room below in 64 bits
  const from = wide.kind === "integer" ? emit.cast(wide.operand, "i64") : wide.operand;
  if (emit.most(from) > Number.MAX_SAFE_INTEGER)
    node.refuse("its integers may be anything", "Clip them before, or make them int32.");
  const turned = least ? reversed(emit, from) : from;
  const { dtype } = turned.type;
  let open = dtype === "i32" ? emit.clip(turned, -(2 ** 31) + 1, 2 ** 31 - 1) : turned;
  // what was selected falls below everything else
  const floor = emit.scalar(dtype, emit.bounds(open).min - 1);
  const size = shape[axis]!;
  const numbers = emit.vector(
    "i64",
    [size, ...shape.slice(axis + 1).map(() => 1)],
    Array.from({ length: size }, (_, place) => place),
  );
  const found: Operand[] = [];
  const selected: Operand[] = [];
  for (let rank = 0; rank < count; rank++) {
    const place = argMax(lowering, open, axis);
    found.push(place);
    selected.push(emit.gatherElements(open, place, axis));
    if (rank + 1 < count) open = emit.where(emit.equal(numbers, place), floor, open);
  }
  if (places) lowering.set(places, { kind: "integer", operand: emit.concat(found, axis) });
  if (!values) return;
  const joined = emit.concat(selected, axis);
  const result = least ? reversed(emit, joined) : joined;
  lowering.set(values, { ...wide, operand: result });
}

export const selectionDefinitions: Definitions = {
  ArgMax: { demand: () => "wide", lower: lowerArg(false) },
  ArgMin: { demand: () => "wide", lower: lowerArg(true) },
  TopK: { demand: (_, index) => (index === 0 ? "wide" : "integer"), lower: lowerTopK },
};
