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
import { arraysOf, feedsOf, type Sample, type SampleData } from "./calibration.ts";
import { CalibrationError } from "./errors.ts";
import {
  GraphSession,
  type GraphTensor,
  type ModelGraph,
  type ModelSource,
  readGraph,
} from "./graph/index.ts";
import type { Lowered } from "./lowering/Lowering.ts";
import { operandOf, type Value } from "./lowering/value.ts";
import { observedValues, type Plan } from "./plan.ts";
import type { Comparison, LayerReport } from "./report.ts";

/** A program with the manifest that says what its tensors mean. */
export interface Compiled {
  readonly program: Program;
  readonly manifest: Manifest;
}

const numbersOf = (data: SampleData): ArrayLike<number> =>
  data instanceof BigInt64Array || data instanceof BigUint64Array ? Float64Array.from(data, Number) : data;

/** The input tensors of a program for one sample of real numbers. */
export function encodeSample({ program, manifest }: Compiled, sample: Sample): Tensor[] {
  return arraysOf(sample).map((numbers, index) => {
    const type = program.inputs[index]!;
    return { type, data: encodeNumbers(manifest.inputs[index]!.codec, type.dtype, numbersOf(numbers)) };
  });
}

/** The place of the largest value, the first of several. */
export function largestAt(values: ArrayLike<number | bigint>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

export interface EvaluateParameters extends Compiled {
  /** the float model */
  readonly modelBytes: ModelSource;
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
  const { modelBytes, samples, expected } = parameters;
  if (expected && expected.length !== samples.length)
    throw new CalibrationError("Every sample needs its right class.", {
      facts: { samples: samples.length, expected: expected.length },
    });
  const graph = readGraph(modelBytes);
  return compareClasses(await graph, parameters);
}

/** The same for a model that is read already. */
export async function compareClasses(
  graph: ModelGraph,
  { program, manifest, samples, expected, onSample }: Omit<EvaluateParameters, "modelBytes">,
): Promise<Comparison> {
  const float = await GraphSession.open(graph, [graph.outputs[0]!.tensor.name]);
  const integer = await ProgramSession.open(program);
  const inputs: readonly GraphTensor[] = graph.inputs;
  let agree = 0;
  let floatCorrect = 0;
  let integerCorrect = 0;
  try {
    for (const [index, sample] of samples.entries()) {
      const floatResults = await float.run(feedsOf(inputs, sample, index));
      const floatClass = largestAt(floatResults[0]!.data as ArrayLike<number>);
      const [first] = await integer.run(encodeSample({ program, manifest }, sample));
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

/** The real numbers that a value's integers stand for; undefined where one tensor does not hold them. */
export function decodeValue(value: Value, data: TensorData): Float64Array | undefined {
  switch (value.kind) {
    case "u8":
    case "index":
      return decodeNumbers({ kind: "linear", scale: value.scale, zeroPoint: value.zeroPoint }, data);
    case "wide":
      return decodeNumbers({ kind: "linear", scale: value.scale, zeroPoint: 0 }, data);
    case "integer":
      return decodeNumbers({ kind: "integer" }, data);
    default:
      return undefined;
  }
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
  valueAt: (index: number) => number,
  data: TensorData,
  numbers: Float64Array,
): void {
  for (let index = 0; index < real.length; index++) {
    const value = valueAt(index);
    const error = numbers[index]! - value;
    into.signal += value * value;
    into.noise += error * error;
    if (Math.abs(error) > into.maxError) into.maxError = Math.abs(error);
    if (data instanceof Uint8Array && data[index] === 255) into.atBound++;
  }
  into.count += real.length;
}

/** Rows [positions, channels] as channels of positions. */
function columnsOf(numbers: Float64Array, [rows = 1, columns = 1]: readonly number[]): Float64Array {
  return Float64Array.from(
    numbers,
    (_, index) => numbers[(index % rows) * columns + Math.floor(index / rows)]!,
  );
}

export interface CompareLayersParameters {
  readonly plan: Plan;
  readonly lowered: readonly Lowered[];
  readonly compiled: Compiled;
  readonly samples: readonly Sample[];
  readonly onSample: (done: number) => void;
}

/** Every operation of the program beside the float tensor that it stands for. */
export async function compareLayers(parameters: CompareLayersParameters): Promise<LayerReport[]> {
  const { plan, compiled, samples, onSample } = parameters;
  const { program, manifest } = compiled;
  const compared = parameters.lowered.filter(({ value }) => operandOf(value).source.kind === "slot");
  const observed = compared.map(({ tensor }) => plan.observed(tensor));
  const float = await GraphSession.open(
    plan.graph,
    observed.map(({ tensor }) => tensor),
  );
  const integer = await ProgramSession.open(program, { form: "trace" });
  const tallies = compared.map((): Tally => ({ signal: 0, noise: 0, maxError: 0, atBound: 0, count: 0 }));
  try {
    for (const [index, sample] of samples.entries()) {
      const real = await float.run(feedsOf(plan.graph.inputs, sample, index));
      const slots = await integer.run(encodeSample({ program, manifest }, sample));
      compared.forEach(({ value, rows }, place) => {
        const { data } = slots[(operandOf(value).source as { index: number }).index]!;
        const decoded = decodeValue(value, data);
        const numbers = decoded && rows ? columnsOf(decoded, rows.type.shape) : decoded;
        const floats = real[place]!.data as Float32Array;
        const shape = plan.shape(compared[place]!.tensor);
        if (numbers)
          tally(tallies[place]!, floats, observedValues(observed[place]!, shape, floats), data, numbers);
      });
      onSample(index + 1);
    }
  } finally {
    await float.close();
    await integer.close();
  }
  return compared.flatMap(({ operation, tensor, value, shifts }, place): LayerReport[] => {
    const { signal, noise, maxError, atBound, count } = tallies[place]!;
    if (count === 0) return [];
    return [
      {
        node: operation.node.name,
        op: operation.parameters?.kind === "linear" ? operation.node.op : operation.op,
        shape: plan.shape(tensor),
        form: value.kind,
        scale: "scale" in value ? value.scale : 1,
        zeroPoint: "zeroPoint" in value ? value.zeroPoint : 0,
        ...(shifts ? { shifts } : {}),
        sqnr: noise > 0 && signal > 0 ? 10 * Math.log10(signal / noise) : null,
        maxError,
        saturated: atBound / Math.max(1, count),
      },
    ];
  });
}
