// Lowers sums, means and extremes along axes, and the poolings that are such: exact sums of integers, divided by scale alone.
import type { Operand } from "@assay/sdk/program";
import type { Operation } from "../plan.ts";
import type { Emitter } from "./Emitter.ts";
import type { Demand, Lowering } from "./Lowering.ts";
import { moved, numbersAt } from "./movement.ts";
import type { Definitions, LoweringDefinition } from "./registry.ts";
import type { Value, WideValue } from "./value.ts";

const MAX_I32 = 2 ** 31 - 1;
/** Bytes that one element of a reduction reads at most, so that a proof of it stays small. */
const MAX_BLOCK_BYTES = 16_384;
/** Elements that one reduction scans at most. */
const MAX_BLOCK = 8192;
const BYTES: Readonly<Record<string, number>> = { u8: 1, i8: 1, i32: 4, i64: 8 };

type Reduce = (operand: Operand, axis: number) => Operand;

const blockOf = ({ type }: Operand): number =>
  Math.min(MAX_BLOCK, MAX_BLOCK_BYTES / (BYTES[type.dtype] ?? 8));

/** The largest divisor of `size` that is at most `most`. */
function divisorOf(size: number, most: number): number {
  for (let divisor = Math.min(size, most); divisor > 1; divisor--) if (size % divisor === 0) return divisor;
  return 1;
}

/** Reduces one axis to 1 in blocks that a proof can hold: blocks first, then what they left. */
function reduceInBlocks(emit: Emitter, operand: Operand, axis: number, reduce: Reduce): Operand {
  const { shape } = operand.type;
  const size = shape[axis]!;
  const most = blockOf(operand);
  if (size <= most) return reduce(operand, axis);
  const block = divisorOf(size, most);
  if (block >= Math.sqrt(size) / 4) {
    const split = [...shape.slice(0, axis), size / block, block, ...shape.slice(axis + 1)];
    const blocks = reduce(emit.reshape(operand, split), axis + 1);
    return reduceInBlocks(emit, emit.reshape(blocks, split.toSpliced(axis + 1, 1)), axis, reduce);
  }
  const parts: Operand[] = [];
  for (let start = 0; start < size; start += most) {
    const starts = shape.map((_, at) => (at === axis ? start : 0));
    const counts = shape.map((count, at) => (at === axis ? Math.min(most, size - start) : count));
    parts.push(reduce(emit.slice(operand, starts, counts), axis));
  }
  return reduceInBlocks(emit, emit.concat(parts, axis), axis, reduce);
}

/** Reduces axes (ascending) to 1 each; neighbours are reduced as one where they fit. */
export function reduceAxes(
  emit: Emitter,
  operand: Operand,
  axes: readonly number[],
  reduce: Reduce,
): Operand {
  const { shape } = operand.type;
  const target = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  let current = operand;
  for (let last = axes.length - 1; last >= 0; ) {
    let first = last;
    let size = shape[axes[last]!]!;
    while (
      first > 0 &&
      axes[first - 1] === axes[first]! - 1 &&
      size * shape[axes[first - 1]!]! <= blockOf(operand)
    )
      size *= shape[axes[--first]!]!;
    const now = current.type.shape;
    const from = axes[first]!;
    const joined = [...now.slice(0, from), size, ...now.slice(axes[last]! + 1)];
    const one = reduceInBlocks(emit, emit.reshape(current, joined), from, reduce);
    current = emit.reshape(one, [
      ...now.slice(0, from),
      ...axes.slice(first, last + 1).map(() => 1),
      ...now.slice(axes[last]! + 1),
    ]);
    last = first - 1;
  }
  return emit.reshape(current, target);
}

/** The sum along axes of a value, at the value's own scale; `count` elements each. */
function sumOf(lowering: Lowering, name: string, axes: readonly number[], count: number): WideValue {
  const { emit, convert } = lowering;
  const sum: Reduce = (operand, axis) => emit.reduceSum(operand, axis);
  const value = lowering.value(name);
  if (value.kind === "u8" || value.kind === "index") {
    const total = reduceAxes(emit, emit.cast(value.operand, "i32"), axes, sum);
    const operand = emit.addNumber(total, -count * value.zeroPoint);
    return { kind: "wide", operand, scale: value.scale };
  }
  const wide = convert.toWide(value);
  const fits = (operand: Operand): boolean => emit.most(operand) * count <= MAX_I32;
  const usable = fits(wide.operand) ? wide : lowering.narrow(name);
  const limit = Math.floor(MAX_I32 / count);
  const bounded = fits(usable.operand) ? usable.operand : emit.clip(usable.operand, -limit, limit);
  return { kind: "wide", operand: reduceAxes(emit, bounded, axes, sum), scale: usable.scale };
}

/** The axes that an operation reduces, ascending. */
function axesOf(operation: Operation, lowering: Lowering): number[] {
  const { length } = lowering.shape(operation.inputs[0]!);
  if (operation.op.startsWith("Global")) return Array.from({ length: length - 2 }, (_, axis) => axis + 2);
  if (!operation.inputs[1]) return Array.from({ length }, (_, axis) => axis);
  return numbersAt(operation, lowering, 1, "axes");
}

const countOf = (shape: readonly number[], axes: readonly number[]): number =>
  axes.reduce((count, axis) => count * shape[axis]!, 1);

const shaped = (operation: Operation, lowering: Lowering, value: Value): void => {
  const [output = ""] = operation.outputs;
  lowering.set(
    output,
    moved(lowering, value, (operand) => lowering.emit.reshape(operand, lowering.shape(output))),
  );
};

const lowerSum =
  (mean: boolean): LoweringDefinition["lower"] =>
  (operation, lowering) => {
    const { emit } = lowering;
    const [input = ""] = operation.inputs;
    const axes = axesOf(operation, lowering);
    const count = countOf(lowering.shape(input), axes);
    if (lowering.isFloat(input)) {
      const { operand, scale } = sumOf(lowering, input, axes, count);
      return shaped(operation, lowering, { kind: "wide", operand, scale: mean ? scale / count : scale });
    }
    const { operand } = lowering.integer(input);
    const sum = reduceAxes(emit, operand, axes, (each, axis) => emit.reduceSum(each, axis));
    shaped(operation, lowering, { kind: "integer", operand: mean ? emit.divNumber(sum, count) : sum });
  };

/** The same integers in reverse order: 255 − x of bytes, −1 − x of others, which never leaves their type. */
export function reversed(emit: Emitter, operand: Operand): Operand {
  const { dtype } = operand.type;
  return emit.sub(emit.scalar(dtype, dtype === "u8" ? 255 : -1), operand);
}

/** Integers of a type that has maxima. */
const comparable = (emit: Emitter, operand: Operand): Operand =>
  operand.type.dtype in BYTES ? operand : emit.cast(operand, operand.type.dtype === "u32" ? "i64" : "i32");

const lowerExtreme =
  (least: boolean): LoweringDefinition["lower"] =>
  (operation, lowering) => {
    const { emit } = lowering;
    const [input = ""] = operation.inputs;
    const axes = axesOf(operation, lowering);
    const value = lowering.value(input);
    const usable = value.kind === "u16" || value.kind === "bool" ? lowering.convert.toWide(value) : value;
    const extreme = moved(lowering, usable, (given) => {
      const operand = comparable(emit, given);
      const turned = least ? reversed(emit, operand) : operand;
      const most = reduceAxes(emit, turned, axes, (each, axis) => emit.reduceMax(each, axis));
      return least ? reversed(emit, most) : most;
    });
    shaped(operation, lowering, extreme);
  };

/** Images come in 8 bits, as the convolutions around want them; rows of other things in 32. */
const sumDemand = (operation: Operation, index: number, lowering: Lowering): Demand => {
  if (index > 0) return "integer";
  const { length } = lowering.shape(operation.inputs[0]!);
  return length >= 4 && axesOf(operation, lowering).every((axis) => axis >= 2) ? "u8" : "wide";
};

const extremeDefinition = (least: boolean): LoweringDefinition => ({
  demand: (_, index) => (index === 0 ? "same" : "integer"),
  joins: () => [0],
  lower: lowerExtreme(least),
});

const mean: LoweringDefinition = { demand: sumDemand, lower: lowerSum(true) };

export const reductionDefinitions: Definitions = {
  GlobalAveragePool: mean,
  GlobalMaxPool: extremeDefinition(false),
  ReduceMax: extremeDefinition(false),
  ReduceMean: mean,
  ReduceMin: extremeDefinition(true),
  ReduceSum: { demand: sumDemand, lower: lowerSum(false) },
};
