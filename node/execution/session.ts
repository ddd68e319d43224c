// A typed onnxruntime session, with the options under which integer programs are bit-exact on every kernel set.
import type { TensorData } from "@assay/sdk/program";
import { InferenceSession, listSupportedBackends, Tensor as OrtTensor } from "onnxruntime-node";
import { ExecutionError } from "./errors.ts";
import { assertProvider, type Provider, unavailable } from "./providers.ts";

export type SessionData = Float32Array | TensorData;

/** A tensor as onnxruntime sees it: row-major. */
export interface SessionTensor {
  readonly dims: readonly number[];
  readonly data: SessionData;
}

export interface SessionOptions {
  /** threads that one operator may use; 1 is the fastest for small models */
  readonly threads?: number;
  /** where it runs; the processor when left out */
  readonly provider?: Provider;
}

export function toOrt({ data, dims }: SessionTensor): OrtTensor {
  if (data instanceof Float32Array) return new OrtTensor("float32", data, dims);
  if (data instanceof Uint8Array) return new OrtTensor("uint8", data, dims);
  if (data instanceof Int8Array) return new OrtTensor("int8", data, dims);
  if (data instanceof Uint16Array) return new OrtTensor("uint16", data, dims);
  if (data instanceof Int16Array) return new OrtTensor("int16", data, dims);
  if (data instanceof Uint32Array) return new OrtTensor("uint32", data, dims);
  if (data instanceof Int32Array) return new OrtTensor("int32", data, dims);
  if (data instanceof BigUint64Array) return new OrtTensor("uint64", data, dims);
  return new OrtTensor("int64", data, dims);
}

const types = ["float32", "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"];

function fromOrt(name: string, { data, dims, type }: OrtTensor): SessionTensor {
  if (types.includes(type)) return { data: data as SessionData, dims };
  throw new ExecutionError("A model returned a tensor of a type that is not in use here.", {
    facts: { tensor: name, type },
  });
}

/** Tensors by their ONNX names, as onnxruntime has them: fed again without being copied. */
export type OrtTensors = Readonly<Record<string, OrtTensor>>;

const mapTensors = <from, to>(
  tensors: Readonly<Record<string, from>>,
  change: (tensor: from, name: string) => to,
): Record<string, to> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));

/** One loaded ONNX model. Close it to give its memory back. */
export class OnnxSession {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(
    model: Uint8Array,
    { threads = 1, provider = "cpu" }: SessionOptions = {},
  ): Promise<OnnxSession> {
    assertProvider(
      provider,
      listSupportedBackends().map(({ name }) => name),
    );
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: [provider],
        graphOptimizationLevel: "basic",
        executionMode: "sequential",
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { disable_quant_qdq: "1", set_denormal_as_zero: "0" } },
      });
      return new OnnxSession(session);
    } catch (cause) {
      if (provider !== "cpu") throw unavailable(provider, cause);
      throw new ExecutionError("onnxruntime cannot load the model.", { cause });
    }
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  async run(feeds: Readonly<Record<string, SessionTensor>>): Promise<Record<string, SessionTensor>> {
    const results = await this.runTensors(mapTensors(feeds, toOrt));
    return mapTensors(results, (tensor, name) => fromOrt(name, tensor));
  }

  /** Runs on tensors of onnxruntime's own, such as an earlier run returned. */
  async runTensors(feeds: OrtTensors): Promise<OrtTensors> {
    try {
      return (await this.#session.run(feeds)) as OrtTensors;
    } catch (cause) {
      throw new ExecutionError("onnxruntime cannot run the model on these inputs.", { cause });
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
