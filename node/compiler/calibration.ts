// Runs the float model on sample inputs and collects what quantization needs to know about its tensors.
import { sitesOf } from "./balancing/index.ts";
import { CalibrationError } from "./errors.ts";
import {
  type ConstantData,
  elements,
  GraphSession,
  type GraphTensor,
  isFloat,
  type OnnxDType,
} from "./graph/index.ts";
import { readAxis } from "./linear.ts";
import type { Observed, Plan } from "./plan.ts";
import { TensorStatistics } from "./statistics.ts";

/** Numbers for one input, row-major: floats for any input, or integers of the input's own type. */
export type SampleData = ConstantData;

/** One sample: one array per input of the model; a single array where the model has one input. */
export type Sample = SampleData | readonly SampleData[];

/** Samples in order; an iterable that makes them as they are asked for need not hold them all. */
export type Samples = Iterable<Sample> | AsyncIterable<Sample>;

export const arraysOf = (sample: Sample): readonly SampleData[] =>
  ArrayBuffer.isView(sample) ? [sample] : (sample as readonly SampleData[]);

/** Values as an input of the given type takes them. */
function cast(dtype: OnnxDType, data: SampleData): ConstantData {
  const numbers = data as ArrayLike<number | bigint>;
  switch (dtype) {
    case "i64":
      return data instanceof BigInt64Array ? data : BigInt64Array.from(numbers, (value) => BigInt(value));
    case "i32":
      return data instanceof Int32Array ? data : Int32Array.from(numbers, Number);
    case "u8":
    case "bool":
      return data instanceof Uint8Array ? data : Uint8Array.from(numbers, Number);
    case "f64":
      return data instanceof Float64Array ? data : Float64Array.from(numbers, Number);
    case "f32":
    case "f16":
    case "bf16":
      return data instanceof Float32Array ? data : Float32Array.from(numbers, Number);
    default:
      return data;
  }
}

/** The arrays of one sample as onnxruntime takes them; refuses wrong counts, lengths and values. */
export function feedsOf(inputs: readonly GraphTensor[], sample: Sample, index: number): ConstantData[] {
  const arrays = arraysOf(sample);
  if (arrays.length !== inputs.length)
    throw new CalibrationError("A sample has the wrong number of inputs.", {
      facts: { sample: index, given: arrays.length, required: inputs.length },
    });
  return inputs.map(({ name, shape, dtype }, input) => {
    const data = arrays[input]!;
    if (data.length !== elements(shape))
      throw new CalibrationError("A sample has the wrong number of values.", {
        facts: { sample: index, input: name, given: data.length, required: elements(shape) },
      });
    const isBroken = (value: number | bigint): boolean =>
      typeof value === "number" && !(isFloat(dtype) ? Number.isFinite(value) : Number.isInteger(value));
    if ((data as Float32Array).some(isBroken))
      throw new CalibrationError(
        isFloat(dtype)
          ? "A sample holds a value that is not a finite number."
          : "A sample holds a value that is no integer.",
        { facts: { sample: index, input: name } },
      );
    return cast(dtype, data);
  });
}

/** Every float tensor of a plan that is computed or given, and the axes along which products read it. */
export function watchedTensors(plan: Plan): Map<string, Set<number>> {
  const watched = new Map<string, Set<number>>();
  const watch = (name: string): void => {
    const tensor = plan.graph.tensors.get(name);
    if (tensor && isFloat(tensor.dtype) && !tensor.constant && !watched.has(name))
      watched.set(name, new Set());
  };
  for (const { name } of plan.graph.inputs) watch(name);
  for (const { inputs, outputs, parameters } of plan.operations) {
    for (const name of [...inputs, ...outputs]) watch(name);
    const [input = ""] = inputs;
    if (parameters?.kind === "linear")
      watched.get(input)?.add(readAxis(parameters, plan.shape(input).length));
  }
  for (const { divided } of sitesOf(plan)) for (const { name, axis } of divided) watched.get(name)?.add(axis);
  return watched;
}

/** Who makes samples out of what the model answered to the ones before. */
export interface Listener {
  /** the tensors that it wants to see */
  readonly tensors: readonly string[];
  /** Called after each sample. */
  hear(values: readonly ConstantData[]): void;
}

/** Statistics of each float tensor of the plan over all samples. */
export async function calibrate(
  plan: Plan,
  samples: Samples,
  onSample: (done: number) => void,
  listener?: Listener,
): Promise<Map<string, TensorStatistics>> {
  const { graph } = plan;
  const watched = [...watchedTensors(plan)];
  const observed = watched.map(([name]): Observed => plan.observed(name));
  const statistics = watched.map(([name, axes]) => new TensorStatistics(plan.shape(name), axes));
  const session = await GraphSession.open(graph, [
    ...observed.map(({ tensor }) => tensor),
    ...(listener?.tensors ?? []),
  ]);
  let count = 0;
  try {
    for await (const sample of samples) {
      const results = await session.run(feedsOf(graph.inputs, sample, count));
      observed.forEach(({ tensor, min, max }, place) => {
        const data = results[place]!.data as Float32Array;
        for (let index = 0; index < data.length; index++)
          if (!Number.isFinite(data[index]))
            throw new CalibrationError("The float model computes a value that is not finite.", {
              facts: { tensor, sample: count },
            });
        statistics[place]!.add(data, min, max);
      });
      listener?.hear(results.slice(observed.length).map(({ data }) => data as ConstantData));
      count++;
      onSample(count);
    }
  } finally {
    await session.close();
  }
  if (count === 0)
    throw new CalibrationError("Calibration needs at least one sample.", {
      hint: "Give some hundred typical inputs of the model.",
    });
  return new Map(watched.map(([name], place) => [name, statistics[place]!]));
}
