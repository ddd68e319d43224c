// Lowers what picks or repeats elements by constant numbers: Resize, Pad, Gather, Tile, and blocks between depth and space.
import type { Operand } from "@assay/sdk/program";
import type { Operation } from "../plan.ts";
import type { Emitter } from "./Emitter.ts";
import type { Lowering } from "./Lowering.ts";
import { moved, numbersAt, wideConstant } from "./movement.ts";
import type { Definitions, LoweringDefinition } from "./registry.ts";
import { interpolation } from "./resizing.ts";
import type { Value } from "./value.ts";

const outputOf = ({ outputs: [output = ""] }: Operation): string => output;

/** Along one axis, the elements of the given numbers. */
export function pick(emit: Emitter, operand: Operand, axis: number, numbers: readonly number[]): Operand {
  const size = operand.type.shape[axis]!;
  if (numbers.length === size && numbers.every((number, place) => number === place)) return operand;
  return emit.gather(operand, emit.vector("i32", [numbers.length], numbers), axis);
}

const moving = (
  move: (operand: Operand, operation: Operation, lowering: Lowering) => Operand,
): LoweringDefinition => ({
  demand: (_, index) => (index === 0 ? "same" : "integer"),
  joins: () => [0],
  lower: (operation, lowering) => {
    const value = lowering.value(operation.inputs[0]!);
    lowering.set(
      outputOf(operation),
      moved(lowering, value, (operand) => move(operand, operation, lowering)),
    );
  },
});

/** What stands for a real number in a value. */
function integerIn(value: Value, number: number): number {
  switch (value.kind) {
    case "u8":
      return Math.max(0, Math.min(255, Math.round(number / value.scale) + value.zeroPoint));
    case "index":
      return Math.max(0, Math.min(value.levels, Math.round(number / value.scale) + value.zeroPoint));
    case "wide":
      return Math.max(-(2 ** 29), Math.min(2 ** 29, Math.round(number / value.scale)));
    default:
      return number;
  }
}

/** The place that a padded element is read from, by mode; −1 never occurs for valid pads. */
function source(place: number, size: number, mode: string): number {
  if (mode === "edge") return Math.max(0, Math.min(size - 1, place));
  if (mode === "wrap") return ((place % size) + size) % size;
  const period = Math.max(1, 2 * (size - 1));
  const folded = ((place % period) + period) % period;
  return folded < size ? folded : period - folded;
}

function lowerPad(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { node, inputs } = operation;
  const shape = lowering.shape(inputs[0]!);
  const output = outputOf(operation);
  const pads = numbersAt(operation, lowering, 1, "pads");
  const mode = node.attributes.string("mode", "constant");
  const begins = shape.map((_, axis) => pads[axis]!);
  const ends = shape.map((_, axis) => pads[axis + shape.length]!);
  const given = lowering.value(inputs[0]!);
  const value = given.kind === "u16" || given.kind === "bool" ? lowering.convert.toWide(given) : given;
  if (mode !== "constant") {
    const padded = moved(lowering, value, (operand) =>
      shape.reduce((current, size, axis) => {
        const length = begins[axis]! + size + ends[axis]!;
        const places = Array.from({ length }, (_, place) => source(place - begins[axis]!, size, mode));
        return pick(emit, current, axis, places);
      }, operand),
    );
    lowering.set(output, padded);
    return;
  }
  const number = inputs[2] ? (lowering.plan.number(inputs[2]) ?? Number.NaN) : 0;
  if (Number.isNaN(number))
    node.refuse("its padding value is computed", "Export the model with a constant value.");
  const usable = value.kind === "shares" ? lowering.convert.toWide(value) : value;
  const padded = moved(lowering, usable, (operand) => {
    const starts = begins.map((count) => Math.max(0, -count));
    const kept = shape.map((size, axis) => size + Math.min(0, begins[axis]!) + Math.min(0, ends[axis]!));
    const cut = emit.slice(operand, starts, kept);
    const target = lowering.shape(output);
    if (kept.every((size, axis) => size === target[axis])) return cut;
    return emit.pad(
      cut,
      begins.map((count) => Math.max(0, count)),
      target,
      integerIn(usable, number),
    );
  });
  lowering.set(output, padded);
}

/** Numbers of elements along an axis, proven to lie inside; negative ones count from the end. */
function placesOf(lowering: Lowering, name: string, size: number): Operand {
  const { emit } = lowering;
  const constant = lowering.constant(name);
  if (constant) {
    const places = Float64Array.from(constant.data as ArrayLike<number | bigint>, (value) => {
      const place = Number(value);
      return Math.max(0, Math.min(size - 1, place < 0 ? place + size : place));
    });
    return emit.vector("i32", constant.shape, places);
  }
  const { operand } = lowering.integer(name);
  const { dtype } = operand.type;
  const known = dtype === "i64" || dtype === "i32" ? operand : emit.cast(operand, "i32");
  const { min, max } = emit.bounds(known);
  // the remainder counts negative numbers from the end, and keeps what lies outside inside
  return min >= 0 && max < size ? known : emit.mod(known, emit.scalar(known.type.dtype, size));
}

/** A constant tensor as a value of its own. */
function constantValue(lowering: Lowering, name: string, output: string): Value {
  const constant = lowering.constant(name)!;
  if (!lowering.isFloat(name))
    return {
      kind: "integer",
      operand: lowering.integerConstant(constant, constant.dtype === "i64" ? "i64" : "i32"),
    };
  const scale = lowering.wideScale(output);
  return { kind: "wide", operand: wideConstant(lowering, constant as never, scale), scale };
}

const gathering =
  (
    take: (emit: Emitter, data: Operand, places: Operand, axis: number) => Operand,
  ): LoweringDefinition["lower"] =>
  (operation, lowering) => {
    const { emit } = lowering;
    const [data = "", indices = ""] = operation.inputs;
    const output = outputOf(operation);
    const axis = operation.node.attributes.int("axis", 0);
    const value = lowering.isComputed(data) ? lowering.value(data) : constantValue(lowering, data, output);
    const places = placesOf(lowering, indices, lowering.shape(data)[axis]!);
    lowering.set(
      output,
      moved(lowering, value, (operand) => take(emit, operand, places, axis)),
    );
  };

function tile(operand: Operand, operation: Operation, lowering: Lowering): Operand {
  const { emit } = lowering;
  const repeats = numbersAt(operation, lowering, 1, "repeats");
  return repeats.reduce((current, repeat, axis) => {
    if (repeat === 1) return current;
    const { shape } = current.type;
    const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
    const inner = shape.slice(axis).reduce((a, b) => a * b, 1);
    const copies = emit.expand(emit.reshape(current, [outer, 1, inner]), [outer, repeat, inner]);
    return emit.reshape(copies, shape.with(axis, shape[axis]! * repeat));
  }, operand);
}

function depthToSpace(operand: Operand, { node }: Operation, { emit }: Lowering): Operand {
  const [batch = 1, depth = 1, height = 1, width = 1] = operand.type.shape;
  const block = node.attributes.int("blocksize", 1);
  const channels = depth / block ** 2;
  const columns = node.attributes.string("mode", "DCR") === "CRD";
  const split = columns
    ? emit.transpose(
        emit.reshape(operand, [batch, channels, block, block, height, width]),
        [0, 1, 4, 2, 5, 3],
      )
    : emit.transpose(
        emit.reshape(operand, [batch, block, block, channels, height, width]),
        [0, 3, 4, 1, 5, 2],
      );
  return emit.reshape(split, [batch, channels, height * block, width * block]);
}

function spaceToDepth(operand: Operand, { node }: Operation, { emit }: Lowering): Operand {
  const [batch = 1, channels = 1, height = 1, width = 1] = operand.type.shape;
  const block = node.attributes.int("blocksize", 1);
  const split = emit.reshape(operand, [batch, channels, height / block, block, width / block, block]);
  const moved = emit.transpose(split, [0, 3, 5, 1, 2, 4]);
  return emit.reshape(moved, [batch, channels * block ** 2, height / block, width / block]);
}

/** Bits of the weights between two neighbours. */
const WEIGHT_BITS = 10;

function lowerResize(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const [input = ""] = operation.inputs;
  const output = outputOf(operation);
  const axes = interpolation(operation, lowering);
  if (axes.every(({ weights }) => weights === undefined)) {
    const resized = moved(lowering, lowering.value(input), (operand) =>
      axes.reduce((current, { low }, axis) => pick(emit, current, axis, low), operand),
    );
    lowering.set(output, resized);
    return;
  }
  const { zeroPoint, scale, operand } = lowering.u8(input);
  let current = emit.addNumber(emit.cast(operand, "i32"), -zeroPoint);
  let unit = scale;
  axes.forEach(({ low, high, weights }, axis) => {
    if (!weights) {
      current = pick(emit, current, axis, low);
      return;
    }
    // between neighbours: left · 2^bits + (right − left) · weight
    const left = pick(emit, current, axis, low);
    const right = pick(emit, current, axis, high);
    const shape = axes.map((_, at) => (at === axis ? weights.length : 1)).slice(axis);
    const factors = emit.vector(
      "i32",
      shape,
      weights.map((weight) => Math.round(weight * 2 ** WEIGHT_BITS)),
    );
    const sum = emit.add(emit.mulNumber(left, 2 ** WEIGHT_BITS), emit.mul(emit.sub(right, left), factors));
    current = emit.divNumber(sum, 4);
    unit *= 2 ** (2 - WEIGHT_BITS);
  });
  lowering.set(output, { kind: "wide", operand: current, scale: unit });
}

export const resamplingDefinitions: Definitions = {
  DepthToSpace: moving(depthToSpace),
  Gather: {
    demand: (_, index) => (index === 0 ? "same" : "integer"),
    joins: () => [0],
    lower: gathering((emit, data, places, axis) => emit.gather(data, places, axis)),
  },
  GatherElements: {
    demand: (_, index) => (index === 0 ? "same" : "integer"),
    joins: () => [0],
    lower: gathering((emit, data, places, axis) => emit.gatherElements(data, places, axis)),
  },
  Pad: { demand: (_, index) => (index === 0 ? "same" : "integer"), joins: () => [0], lower: lowerPad },
  Resize: {
    demand: ({ node }, index) =>
      index > 0 ? "integer" : node.attributes.string("mode", "nearest") === "nearest" ? "same" : "u8",
    joins: ({ node }) => (node.attributes.string("mode", "nearest") === "nearest" ? [0] : []),
    lower: lowerResize,
  },
  SpaceToDepth: moving(spaceToDepth),
  Tile: moving(tile),
};
