// Lowers functions of one number and embeddings: tables that are looked up.
import type { Operand } from "@assay/sdk/program";
import type { Embedding, Operation, Unary } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";
import type { Definitions } from "./registry.ts";

/** Entries of a table less one, where the input is finer than that: the least that is fine enough is taken. */
const LEVELS = [4095, 16383, 65535];
/** How far the steps of a table lie below the values that it is read with, in decibels. */
const INDEX_DECIBELS = 52;
const MAX_ENTRY = 2 ** 30;

const rounded = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.round(value)));

function levelsFor(lowering: Lowering, name: string): number {
  const { min, max, sample } = lowering.statistics(name);
  const signal = sample.reduce((sum, value) => sum + value * value, 0) / Math.max(1, sample.length);
  const isFine = (levels: number): boolean =>
    ((max - min) / levels) ** 2 / 12 <= signal / 10 ** (INDEX_DECIBELS / 10);
  return LEVELS.find(isFine) ?? LEVELS.at(-1)!;
}

function lowerUnary(operation: Operation, lowering: Lowering): void {
  const { apply } = operation.parameters as Unary;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const { operand, scale, zeroPoint, levels } = lowering.index(input, levelsFor(lowering, input));
  const reals = Float64Array.from({ length: levels + 1 }, (_, index) => apply(scale * (index - zeroPoint)));
  // a table may meet a pole where no calibration sample was
  const bad = reals.findIndex((value) => Number.isNaN(value));
  const finite = bad < 0 ? reals : reals.map((value) => (Number.isNaN(value) ? 0 : value));
  if (lowering.format(output) === "u8") {
    const quantization = lowering.byteQuantization(output);
    const entries = finite.map((value) =>
      rounded(value / quantization.scale + quantization.zeroPoint, 0, 255),
    );
    lowering.set(output, {
      kind: "u8",
      operand: lowering.emit.lookUp("u8", entries, operand),
      ...quantization,
    });
    return;
  }
  const wide = lowering.wideScale(output);
  const entries = finite.map((value) => rounded(value / wide, -MAX_ENTRY, MAX_ENTRY));
  const operandOut = lowering.emit.lookUp("i32", entries, operand);
  lowering.set(output, { kind: "wide", operand: operandOut, scale: wide });
}

/** Row numbers that are proven to exist: what is outside reads the last row, or the first where it is negative. */
export function rowNumbers(lowering: Lowering, name: string, rows: number, lastForOutside: boolean): Operand {
  const { emit } = lowering;
  const { operand } = lowering.integer(name);
  const { dtype } = operand.type;
  const known = dtype === "i64" || dtype === "i32" ? operand : emit.cast(operand, "i32");
  if (!lastForOutside || emit.bounds(known).min >= 0) return emit.clip(known, 0, rows - 1);
  // a negative number is outside too: it goes to the last row
  const negative = emit.less(known, emit.scalar(known.type.dtype, 0));
  const last = emit.scalar(known.type.dtype, rows - 1);
  return emit.clip(emit.where(negative, last, known), 0, rows - 1);
}

function lowerEmbedding(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const { shape, rows, hasOutside } = operation.parameters as Embedding;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const reals = (rows instanceof Float32Array ? rows : rows.data) as Float32Array;
  const numbers = rowNumbers(lowering, input, shape[0], hasOutside);
  if (lowering.format(output) === "u8") {
    const quantization = lowering.byteQuantization(output);
    const bytes = new Uint8Array(reals.length);
    for (let index = 0; index < bytes.length; index++)
      bytes[index] = rounded(reals[index]! / quantization.scale + quantization.zeroPoint, 0, 255);
    const operand = emit.gather(emit.constant("u8", shape, bytes), numbers, 0);
    lowering.set(output, {
      kind: "u8",
      operand: emit.reshape(operand, lowering.shape(output)),
      ...quantization,
    });
    return;
  }
  const scale = lowering.wideScale(output);
  const integers = new Int32Array(reals.length);
  for (let index = 0; index < integers.length; index++)
    integers[index] = rounded(reals[index]! / scale, -MAX_ENTRY, MAX_ENTRY);
  const operand = emit.gather(emit.constant("i32", shape, integers), numbers, 0);
  lowering.set(output, { kind: "wide", operand: emit.reshape(operand, lowering.shape(output)), scale });
}

export const tableDefinitions: Definitions = {
  Unary: { demand: () => "index", lower: lowerUnary },
  Embedding: { demand: () => "integer", lower: lowerEmbedding },
};
