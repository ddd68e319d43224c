// Runs a compiled program and its float model side by side.
import {
  decodeNumbers,
  encodeNumbers,
  type Manifest,
  type Program,
  type Tensor,
  type TensorData,
} from "@assay/sdk/program";
import { ProgramSession } from "../execution/programSession.ts";
import { OnnxSession } from "../execution/session.ts";
import type { BuiltModel } from "./build.ts";
import { arraysOf, feedsOf, openObserved, type Sample } from "./calibration.ts";
import { CalibrationError } from "./errors.ts";
import type { GraphTensor } from "./layers.ts";
import type { Comparison, LayerReport } from "./report.ts";

/** A program with the manifest that says what its tensors mean. */
export interface Compiled {
  readonly program: Program;
  readonly manifest: Manifest;
}

/** The input tensors of a program for one sample of real numbers. */
export function encodeSample({ program, manifest }: Compiled, sample: Sample): Tensor[] {
  return arraysOf(sample).map((numbers, index) => {
    const type = program.inputs[index]!;
    return { type, data: encodeNumbers(manifest.inputs[index]!.codec, type.dtype, numbers) };
  });
}

/** The place of the largest value, the first of several. */
export function largestAt(values: ArrayLike<number | bigint>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

export interface EvaluateParameters extends Compiled {
  readonly modelBytes: Uint8Array;
  readonly samples: readonly Sample[];
  /** the right class of each sample */
  readonly expected?: readonly number[];
  readonly onSample?: (done: number) => void;
}

/**
 * Counts on how many samples the program names the same class as the float model, and the right one: the place of the
 * largest value of the first output.
 */
export async function evaluateModel(parameters: EvaluateParameters): Promise<Comparison> {
  const { program, manifest, modelBytes, samples, expected, onSample } = parameters;
  if (expected && expected.length !== samples.length)
    throw new CalibrationError("Every sample needs its right class.", {
      facts: { samples: samples.length, expected: expected.length },
    });
  const float = await OnnxSession.open(modelBytes);
  const integer = await ProgramSession.open(program);
  const output = float.outputNames[0]!;
  const inputs: readonly GraphTensor[] = manifest.inputs;
  let agree = 0;
  let floatCorrect = 0;
  let integerCorrect = 0;
  try {
    for (const [index, sample] of samples.entries()) {
      const floatResults = await float.run(feedsOf(inputs, sample, index));
      const floatClass = largestAt(floatResults[output]!.data);
      const [first] = await integer.run(encodeSample(parameters, sample));
      const integerClass = largestAt(first!.data);
      if (floatClass === integerClass) agree++;
      if (floatClass === expected?.[index]) floatCorrect++;
      if (integerClass === expected?.[index]) integerCorrect++;
      onSample?.(index + 1);
    }
  } finally {
    await float.close();
    await integer.close();
  }
  return { samples: samples.length, agree, ...(expected ? { floatCorrect, integerCorrect } : {}) };
}

interface Tally {
  signal: number;
  noise: number;
  maxError: number;
  atBound: number;
  count: number;
}

function tally(
  into: Tally,
  real: Float32Array,
  low: number,
  high: number,
  data: TensorData,
  numbers: Float64Array,
): void {
  for (let index = 0; index < real.length; index++) {
    const value = Math.min(high, Math.max(low, real[index]!));
    const error = numbers[index]! - value;
    into.signal += value * value;
    into.noise += error * error;
    if (Math.abs(error) > into.maxError) into.maxError = Math.abs(error);
    if (data instanceof Uint8Array && data[index] === 255) into.atBound++;
  }
  into.count += real.length;
}

export interface CompareLayersParameters {
  readonly modelBytes: Uint8Array;
  readonly graphOutputs: readonly string[];
  readonly built: BuiltModel;
  readonly compiled: Compiled;
  readonly samples: readonly Sample[];
  readonly onSample: (done: number) => void;
}

/** Every layer of the program beside the float tensor that it stands for. */
export async function compareLayers(parameters: CompareLayersParameters): Promise<LayerReport[]> {
  const { modelBytes, graphOutputs, built, compiled, samples, onSample } = parameters;
  const { program, manifest } = compiled;
  const observed = built.layers.map(({ layer }) => layer.observed);
  const float = await openObserved(
    modelBytes,
    graphOutputs,
    observed.map(({ tensor }) => tensor),
  );
  const integer = await ProgramSession.open(program, { form: "trace" });
  const tallies = built.layers.map((): Tally => ({ signal: 0, noise: 0, maxError: 0, atBound: 0, count: 0 }));
  try {
    for (const [index, sample] of samples.entries()) {
      const real = await float.run(feedsOf(manifest.inputs, sample, index));
      const slots = await integer.run(encodeSample(compiled, sample));
      built.layers.forEach(({ output: { operand, scale, zeroPoint } }, place) => {
        const { tensor, min, max } = observed[place]!;
        const { data } = slots[(operand.source as { index: number }).index]!;
        const numbers = decodeNumbers({ kind: "linear", scale, zeroPoint }, data);
        tally(tallies[place]!, real[tensor]!.data as Float32Array, min, max, data, numbers);
      });
      onSample(index + 1);
    }
  } finally {
    await float.close();
    await integer.close();
  }
  return built.layers.map(({ layer, output, shifts }, place) => {
    const { signal, noise, maxError, atBound, count } = tallies[place]!;
    return {
      node: layer.node,
      op: layer.op,
      shape: layer.shape,
      scale: output.scale,
      zeroPoint: output.zeroPoint,
      ...(shifts ? { shifts } : {}),
      sqnr: noise > 0 && signal > 0 ? 10 * Math.log10(signal / noise) : null,
      maxError,
      saturated: atBound / Math.max(1, count),
    };
  });
}
