// Runs the float model on sample inputs and collects what quantization needs to know about its tensors.
import { type ValueInfoProto, writeOnnxModel } from "@assay/sdk/program";
import { OnnxSession, type SessionTensor } from "../execution/session.ts";
import { elements } from "./constants.ts";
import { CalibrationError } from "./errors.ts";
import type { GraphTensor, Observed } from "./layers.ts";

/** One sample: one array per input of the model, row-major; a single array where the model has one input. */
export type Sample = Float32Array | readonly Float32Array[];

const SAMPLE_SIZE = 1 << 15;

interface AxisMoments {
  readonly inner: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Bounds, a subsample, and moments per index of chosen axes. */
export class TensorStatistics {
  min = Infinity;
  max = -Infinity;
  count = 0;
  readonly #moments = new Map<number, AxisMoments>();
  readonly #kept = new Float32Array(SAMPLE_SIZE);
  #random = 1;

  constructor(shape: readonly number[], axes: Iterable<number>) {
    for (const axis of axes) {
      const size = shape[axis] ?? 1;
      const inner = elements(shape.slice(axis + 1));
      this.#moments.set(axis, { inner, sums: new Float64Array(size), squares: new Float64Array(size) });
    }
  }

  /** Takes in one sample of the tensor, each value clamped to [lower, upper]. */
  add(values: Float32Array, lower: number, upper: number): void {
    for (let index = 0; index < values.length; index++) {
      const value = Math.min(upper, Math.max(lower, values[index]!));
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
      this.#offer(value);
    }
    for (const { inner, sums, squares } of this.#moments.values()) {
      for (let start = 0, channel = 0; start < values.length; start += inner) {
        let sum = 0;
        let square = 0;
        for (let index = start; index < start + inner; index++) {
          const value = Math.min(upper, Math.max(lower, values[index]!));
          sum += value;
          square += value * value;
        }
        sums[channel]! += sum;
        squares[channel]! += square;
        channel = channel + 1 === sums.length ? 0 : channel + 1;
      }
    }
  }

  /** Reservoir sampling: every value is kept with the same chance; a fixed stride would hit the same columns always. */
  #offer(value: number): void {
    let place = this.count++;
    if (place >= SAMPLE_SIZE) {
      this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
      place = Math.floor((this.#random / 2 ** 32) * this.count);
      if (place >= SAMPLE_SIZE) return;
    }
    this.#kept[place] = value;
  }

  /** At most 32,768 of the values. */
  get sample(): Float32Array {
    return this.#kept.subarray(0, Math.min(this.count, SAMPLE_SIZE));
  }

  mean(axis: number, index: number): number {
    const { sums } = this.#moments.get(axis)!;
    return sums[index]! / (this.count / sums.length);
  }

  /** Mean of the squares. */
  secondMoment(axis: number, index: number): number {
    const { squares } = this.#moments.get(axis)!;
    return squares[index]! / (this.count / squares.length);
  }
}

export function arraysOf(sample: Sample): readonly Float32Array[] {
  return sample instanceof Float32Array ? [sample] : sample;
}

/** The inputs of one sample as onnxruntime takes them; refuses wrong counts, lengths and values. */
export function feedsOf(
  inputs: readonly GraphTensor[],
  sample: Sample,
  index: number,
): Record<string, SessionTensor> {
  const arrays = arraysOf(sample);
  if (arrays.length !== inputs.length)
    throw new CalibrationError("A sample has the wrong number of inputs.", {
      facts: { sample: index, given: arrays.length, required: inputs.length },
    });
  return Object.fromEntries(
    inputs.map(({ name, shape }, input) => {
      const data = arrays[input]!;
      if (data.length !== elements(shape))
        throw new CalibrationError("A sample has the wrong number of values.", {
          facts: { sample: index, input: name, given: data.length, required: elements(shape) },
        });
      if (data.some((value) => !Number.isFinite(value)))
        throw new CalibrationError("A sample holds a value that is not a finite number.", {
          facts: { sample: index, input: name },
        });
      return [name, { dims: shape, data }];
    }),
  );
}

/**
 * The model with more graph outputs. Protobuf messages merge when their bytes are joined, so the file itself is not
 * written anew: what runs is exactly what was given.
 */
export function exposeTensors(modelBytes: Uint8Array, names: readonly string[]): Uint8Array {
  const output: ValueInfoProto[] = names.map((name) => ({ name }));
  const suffix = writeOnnxModel({ graph: { output } });
  const joined = new Uint8Array(modelBytes.length + suffix.length);
  joined.set(modelBytes);
  joined.set(suffix, modelBytes.length);
  return joined;
}

/** A session of the float model that returns the named tensors too. */
export async function openObserved(
  modelBytes: Uint8Array,
  graphOutputs: readonly string[],
  tensors: readonly string[],
): Promise<OnnxSession> {
  const known = new Set(graphOutputs);
  return OnnxSession.open(
    exposeTensors(
      modelBytes,
      [...new Set(tensors)].filter((name) => !known.has(name)),
    ),
  );
}

export interface Watched {
  readonly observed: Observed;
  readonly shape: readonly number[];
  /** the axes along which moments are kept */
  readonly axes: Iterable<number>;
}

/** Statistics of each watched tensor over all samples. */
export async function calibrate(
  session: OnnxSession,
  inputs: readonly GraphTensor[],
  watched: readonly Watched[],
  samples: readonly Sample[],
  onSample: (done: number) => void,
): Promise<TensorStatistics[]> {
  if (samples.length === 0)
    throw new CalibrationError("Calibration needs at least one sample.", {
      hint: "Give some hundred typical inputs of the model.",
    });
  const statistics = watched.map(({ shape, axes }) => new TensorStatistics(shape, axes));
  for (const [index, sample] of samples.entries()) {
    const feeds = feedsOf(inputs, sample, index);
    const results = { ...feeds, ...(await session.run(feeds)) };
    watched.forEach(({ observed: { tensor, min, max } }, place) => {
      const data = results[tensor]?.data;
      if (!(data instanceof Float32Array))
        throw new CalibrationError("The float model did not return a tensor.", { facts: { tensor } });
      if (!data.every(Number.isFinite))
        throw new CalibrationError("The float model computes a value that is not finite.", {
          facts: { tensor, sample: index },
        });
      statistics[place]!.add(data, min, max);
    });
    onSample(index + 1);
  }
  return statistics;
}
