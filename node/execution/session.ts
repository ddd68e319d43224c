// A typed onnxruntime session, with the options under which integer programs are bit-exact on every kernel set.
import { emitOnnx, inputName, type OnnxForm, type Program, slotName, type Tensor } from "@assay/sdk/program";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { ExecutionError } from "./errors.ts";

export type SessionData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

/** A tensor as onnxruntime sees it: row-major. */
export interface SessionTensor {
  readonly dims: readonly number[];
  readonly data: SessionData;
}

export interface SessionOptions {
  /** threads that one operator may use; 1 is the fastest for small models */
  readonly threads?: number;
}

function toOrt({ data, dims }: SessionTensor): OrtTensor {
  if (data instanceof Float32Array) return new OrtTensor("float32", data, dims);
  if (data instanceof Uint8Array) return new OrtTensor("uint8", data, dims);
  if (data instanceof Int8Array) return new OrtTensor("int8", data, dims);
  if (data instanceof Int32Array) return new OrtTensor("int32", data, dims);
  return new OrtTensor("int64", data, dims);
}

function fromOrt(name: string, { data, dims, type }: OrtTensor): SessionTensor {
  if (
    data instanceof Float32Array ||
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Int32Array ||
    data instanceof BigInt64Array
  )
    return { data, dims };
  throw new ExecutionError("A model returned a tensor of a type that is not in use here.", {
    facts: { tensor: name, type },
  });
}

/** One loaded ONNX model. Close it to give its memory back. */
export class OnnxSession {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(model: Uint8Array, { threads = 1 }: SessionOptions = {}): Promise<OnnxSession> {
    try {
      const session = await InferenceSession.create(model, {
        executionProviders: ["cpu"],
        graphOptimizationLevel: "basic",
        executionMode: "sequential",
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { disable_quant_qdq: "1", set_denormal_as_zero: "0" } },
      });
      return new OnnxSession(session);
    } catch (cause) {
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
    const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run(inputs);
    } catch (cause) {
      throw new ExecutionError("onnxruntime cannot run the model on these inputs.", { cause });
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => [name, fromOrt(name, value as OrtTensor)]),
    );
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

export interface ProgramSessionOptions extends SessionOptions {
  /** `fast`: `run` returns the program's outputs; `trace`: it returns every slot */
  readonly form?: OnnxForm;
}

/** A program in onnxruntime: takes and returns the program's own tensors. */
export class ProgramSession {
  readonly #program: Program;
  readonly #session: OnnxSession;
  readonly #slots: readonly number[];

  private constructor(program: Program, session: OnnxSession, slots: readonly number[]) {
    this.#program = program;
    this.#session = session;
    this.#slots = slots;
  }

  static async open(
    program: Program,
    { form = "fast", ...options }: ProgramSessionOptions = {},
  ): Promise<ProgramSession> {
    const session = await OnnxSession.open(emitOnnx(program, { form }), options);
    const slots = form === "fast" ? program.outputs : program.steps.map((_, slot) => slot);
    return new ProgramSession(program, session, slots);
  }

  /** Runs one sample: `inputs` in the program's order; the outputs in order, or every slot in the trace form. */
  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    const expected = this.#program.inputs.length;
    if (inputs.length !== expected)
      throw new ExecutionError("The program takes another number of inputs.", {
        facts: { given: inputs.length, expected },
      });
    const feeds = inputs.map(
      ({ type, data }, index) => [inputName(index), { dims: type.shape, data }] as const,
    );
    const results = await this.#session.run(Object.fromEntries(feeds));
    return this.#slots.map((slot) => {
      const type = this.#program.steps[slot]?.out;
      const data = results[slotName(slot)]?.data;
      if (!type || !data || data instanceof Float32Array)
        throw new ExecutionError("The program did not return a slot.", { facts: { slot } });
      return { type, data };
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
