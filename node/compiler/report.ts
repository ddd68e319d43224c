// What a compilation cost in accuracy and what came out, for people and as JSON.

import {
  byteLength,
  elementCount,
  emitOnnx,
  hull,
  type Manifest,
  type Program,
  packedOffsets,
  programRanges,
} from "@assay/sdk/program";
import type { Balance } from "./balancing/index.ts";

/** One layer beside the float model, over the samples that were compared. */
export interface LayerReport {
  readonly node: string;
  readonly op: string;
  readonly shape: readonly number[];
  /** what its values are: u8, wide (32 bits), index (of a table), integer */
  readonly form: string;
  /** real units per integer step */
  readonly scale: number;
  readonly zeroPoint: number;
  /** powers of two of the requantization, smallest and largest channel */
  readonly shifts?: readonly [number, number];
  /** signal to quantization noise ratio in decibels; null where the layer is exact or always 0 */
  readonly sqnr: number | null;
  /** largest difference from the float model, in real units */
  readonly maxError: number;
  /** share of the values at the upper bound of 8 bits, 0..1 */
  readonly saturated: number;
}

export interface StepReport {
  readonly slot: number;
  readonly op: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** proven bounds over every possible input */
  readonly min: string;
  readonly max: string;
}

/** Counts of samples. */
export interface Comparison {
  readonly samples: number;
  /** float and integer model name the same class */
  readonly agree: number;
  /** with the right class known: how many each model names right */
  readonly floatCorrect?: number;
  readonly integerCorrect?: number;
}

/** In bytes, except `slots` and `constants`, which are counts. */
export interface Sizes {
  /** null where the model is a file that was not read as a whole */
  readonly floatModel: number | null;
  readonly fastForm: number;
  readonly manifest: number;
  readonly input: number;
  readonly output: number;
  /** all slots of one pass */
  readonly trace: number;
  readonly weights: number;
  readonly slots: number;
  readonly constants: number;
}

export interface CompileReport {
  readonly program: string;
  readonly layers: readonly LayerReport[];
  /** what was balanced before quantization */
  readonly balances: readonly Balance[];
  readonly steps: readonly StepReport[];
  readonly comparison: Comparison | null;
  readonly sizes: Sizes;
}

export function reportSteps(program: Program): StepReport[] {
  const ranges = programRanges(program);
  return program.steps.map(({ op, out }, slot) => {
    const { min, max } = hull(ranges[slot]!);
    return { slot, op, dtype: out.dtype, shape: out.shape, min: String(min), max: String(max) };
  });
}

export function reportSizes(program: Program, floatModel: number | null, manifest: number): Sizes {
  const types = program.outputs.map((slot) => program.steps[slot]!.out);
  const weights = program.constants.filter(({ type }) => type.dtype === "u8" || type.dtype === "i8");
  return {
    floatModel,
    fastForm: emitOnnx(program).length,
    manifest,
    input: packedOffsets(program.inputs).length,
    output: packedOffsets(types).length,
    trace: program.steps.reduce((sum, { out }) => sum + byteLength(out), 0),
    weights: weights.reduce((sum, { type }) => sum + elementCount(type), 0),
    slots: program.steps.length,
    constants: program.constants.length,
  };
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

function describeComparison({ samples, agree, floatCorrect, integerCorrect }: Comparison): string[] {
  const lines = [
    `same answer as the float model: ${agree} of ${samples} samples (${percent(agree, samples)})`,
  ];
  if (floatCorrect !== undefined && integerCorrect !== undefined)
    lines.push(
      `right answers: float ${floatCorrect} (${percent(floatCorrect, samples)}), ` +
        `integer ${integerCorrect} (${percent(integerCorrect, samples)})`,
    );
  return lines;
}

/** One line for each tensor that was balanced. */
export const describeBalances = (balances: readonly Balance[]): string[] =>
  balances.map(({ node, alpha, factors, bytes, sqnr }) => {
    const [least, greatest] = factors.map((factor) => factor.toPrecision(3));
    const [before, now] = sqnr.map((decibels) => decibels.toFixed(1));
    const saved = bytes[1] < bytes[0] ? ", read in one byte instead of two" : "";
    return `balanced ${node}: α ${alpha}, factors ${least}..${greatest}, ${before} → ${now} dB expected${saved}`;
  });

/** A report as text, for a terminal. Errors are in the units of the float model. */
export function formatReport({ program, layers, balances, comparison, sizes }: CompileReport): string {
  const rows = layers.map((layer) => [
    layer.node,
    layer.op,
    layer.shape.join("×"),
    layer.form,
    layer.scale.toPrecision(4),
    String(layer.zeroPoint),
    layer.shifts ? layer.shifts.join("..") : "",
    layer.sqnr === null ? "" : layer.sqnr.toFixed(1),
    layer.maxError.toPrecision(3),
    percent(layer.saturated, 1),
  ]);
  const header = [
    "layer",
    "operator",
    "shape",
    "form",
    "scale",
    "zero",
    "shift",
    "SQNR dB",
    "max error",
    "saturated",
  ];
  return [
    `program ${program}: ${sizes.slots} steps, ${sizes.constants} constants, ${sizes.weights} weights`,
    "",
    table(header, rows),
    "",
    ...describeBalances(balances),
    ...(comparison ? describeComparison(comparison) : []),
    `file ${sizes.fastForm} bytes (float ${sizes.floatModel ?? "not measured"}), manifest ${sizes.manifest}, ` +
      `input ${sizes.input}, output ${sizes.output}, trace ${sizes.trace}`,
  ].join("\n");
}

/** Every step with the bounds that are proven for its values, as text. */
export function formatSteps({ steps }: CompileReport): string {
  const rows = steps.map(({ slot, op, dtype, shape, min, max }) => [
    String(slot),
    op,
    dtype,
    shape.join("×"),
    min,
    max,
  ]);
  return table(["slot", "operator", "type", "shape", "least", "greatest"], rows);
}

export const programTitle = ({ name, version }: Manifest): string => `${name} ${version}`;
