// Runs a model that was read, in onnxruntime: any of its tensors can be asked for, in any element type.
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { ExecutionError } from "../../execution/errors.ts";
import { elements } from "./constants.ts";
import { allocateData } from "./dtypes.ts";
import type { ConstantData, ModelGraph, OnnxDType } from "./types.ts";

export interface RuntimeTensor {
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  /** strings come as an array, 16-bit floats widened */
  readonly data: ConstantData | readonly string[];
}

const ortTypes: Readonly<Record<OnnxDType, OrtTensor.Type>> = {
  f32: "float32",
  f16: "float16",
  bf16: "float16",
  f64: "float64",
  i4: "int4",
  u4: "uint4",
  i8: "int8",
  u8: "uint8",
  i16: "int16",
  u16: "uint16",
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  bool: "bool",
  string: "string",
};

export const dtypeOfOrt = (type: string): OnnxDType | undefined =>
  (Object.keys(ortTypes) as OnnxDType[]).find((dtype) => ortTypes[dtype] === type);

/** 16-bit floats go in and out as 32-bit ones: runtime models cast them. */
export const isNarrow = (dtype: OnnxDType): boolean => dtype === "f16" || dtype === "bf16";

export const toOrt = (dtype: OnnxDType, shape: readonly number[], data: ConstantData): OrtTensor =>
  new OrtTensor(isNarrow(dtype) ? "float32" : ortTypes[dtype], data, shape);

/** @param dtype as the model has it */
export const fromOrt = (dtype: OnnxDType, { dims: shape, data }: OrtTensor): RuntimeTensor => ({
  dtype,
  shape,
  data: data as ConstantData | string[],
});

export const zeros = (dtype: OnnxDType, shape: readonly number[]): OrtTensor =>
  dtype === "string"
    ? new OrtTensor("string", new Array<string>(elements(shape)).fill(""), shape)
    : toOrt(dtype, shape, allocateData(dtype, elements(shape)));

export interface OpenOptions {
  readonly threads?: number;
  readonly folder?: string | undefined;
  /** leave the graph as it is: for models that nobody has looked at yet */
  readonly plain?: boolean;
}

/** A session of a float model: the exact options under which program sessions run, and external data by folder. */
export async function openSession(
  model: Uint8Array,
  { threads = 1, folder, plain = false }: OpenOptions = {},
): Promise<InferenceSession> {
  const external = folder === undefined ? {} : { model_external_initializers_file_folder_path: folder };
  try {
    return await InferenceSession.create(model, {
      executionProviders: ["cpu"],
      graphOptimizationLevel: plain ? "disabled" : "basic",
      executionMode: "sequential",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      extra: { session: { disable_quant_qdq: "1", set_denormal_as_zero: "0", ...external } },
    });
  } catch (cause) {
    throw new ExecutionError("onnxruntime cannot load the model.", { cause });
  }
}

/** A model in onnxruntime. Close it to give its memory back. */
export class GraphSession {
  readonly #graph: ModelGraph;
  readonly #session: InferenceSession | undefined;
  readonly #names: readonly string[];

  private constructor(graph: ModelGraph, session: InferenceSession | undefined, names: readonly string[]) {
    this.#graph = graph;
    this.#session = session;
    this.#names = names;
  }

  /** Opens the model so that a run returns the named tensors. Inputs and constants may be among them. */
  static async open(
    graph: ModelGraph,
    names: readonly string[],
    { threads = 1 }: { readonly threads?: number } = {},
  ): Promise<GraphSession> {
    const computed = [...new Set(names)].filter((name) => graph.producer(name));
    const { folder } = graph.runtime;
    const session =
      computed.length === 0
        ? undefined
        : await openSession(graph.runtime.bytes(computed), { threads, folder });
    return new GraphSession(graph, session, names);
  }

  /**
   * @param feeds one array per input, in the graph's order; the widened form for 16-bit floats
   * @returns the tensors in the order of `names`
   */
  async run(feeds: readonly ConstantData[]): Promise<RuntimeTensor[]> {
    const { inputs } = this.#graph;
    const given = new Map<string, RuntimeTensor>();
    inputs.forEach(({ name, dtype, shape }, index) => {
      const data = feeds[index];
      if (!data || data.length !== elements(shape))
        throw new ExecutionError("An input of the model has the wrong number of values.", {
          facts: { input: name, given: data?.length ?? 0, required: elements(shape) },
        });
      given.set(name, { dtype, shape, data });
    });
    const results = await this.#compute(given);
    return this.#names.map((name) => {
      const result = results?.[name];
      const { dtype, shape, constant } = this.#graph.tensor(name);
      if (result) return fromOrt(dtype, result as OrtTensor);
      return given.get(name) ?? { dtype, shape, data: constant!.data };
    });
  }

  async #compute(given: ReadonlyMap<string, RuntimeTensor>) {
    const session = this.#session;
    if (!session) return undefined;
    const feeds: Record<string, OrtTensor> = {};
    for (const name of session.inputNames) {
      const { dtype, shape, data } = given.get(name)!;
      feeds[name] = toOrt(dtype, shape, data as ConstantData);
    }
    try {
      return await session.run(feeds);
    } catch (cause) {
      throw new ExecutionError("onnxruntime cannot run the model on these inputs.", { cause });
    }
  }

  async close(): Promise<void> {
    await this.#session?.release();
  }
}
