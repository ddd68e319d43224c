// A program in an onnxruntime session: takes and returns the program's own tensors, pass after pass.
import {
  emitOnnx,
  inputName,
  type OnnxForm,
  type PassStart,
  type Program,
  packedOffsets,
  type Step,
  slotName,
  type Tensor,
  type TensorData,
} from "@assay/sdk/program";
import { ExecutionError } from "./errors.ts";
import type { ExecutionOptions } from "./executor.ts";
import { OnnxSession, type OrtTensors, type SessionOptions, toOrt } from "./session.ts";

export interface ProgramSessionOptions extends SessionOptions {
  /** `fast`: what is run returns the program's outputs; `trace`: every slot */
  readonly form?: OnnxForm;
}

/** What a program has computed when it stopped. */
export interface SessionResult {
  /** The outputs in order, or every slot of the last pass in the trace form. */
  readonly tensors: Tensor[];
  readonly passes: number;
}

/** A Carry step and where it begins and goes on. */
type Carry = { readonly name: string; readonly initial: Step["operands"][number]; readonly next: number };

export class ProgramSession {
  readonly #program: Program;
  readonly #session: OnnxSession;
  readonly #slots: readonly number[];
  readonly #carries: readonly Carry[];

  private constructor(program: Program, session: OnnxSession, slots: readonly number[]) {
    this.#program = program;
    this.#session = session;
    this.#slots = slots;
    this.#carries = program.steps.flatMap(({ op, operands: [initial, next] }, slot) =>
      op === "Carry" && initial && next?.source.kind === "slot"
        ? [{ name: slotName(slot), initial, next: next.source.index }]
        : [],
    );
  }

  static async open(
    program: Program,
    { form = "fast", ...options }: ProgramSessionOptions = {},
  ): Promise<ProgramSession> {
    const session = await OnnxSession.open(emitOnnx(program, { form }), options);
    const slots = form === "fast" ? program.outputs : program.steps.map((_, slot) => slot);
    return new ProgramSession(program, session, slots);
  }

  /** Runs one sample until the program stops: `inputs` in the program's order; the outputs in order, or every slot. */
  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    return (await this.execute(inputs)).tensors;
  }

  /** The same, and how many passes it took. What is carried from pass to pass stays in onnxruntime's own tensors. */
  async execute(inputs: readonly Tensor[], { onPass }: ExecutionOptions = {}): Promise<SessionResult> {
    const fixed = this.#inputFeeds(inputs);
    let carried = this.#initialFeeds(inputs);
    for (let pass = 0; ; pass++) {
      const values = await this.#runPass({ ...fixed, ...carried });
      onPass?.(pass);
      const stops = this.#stops(values, pass);
      if (stops) return { tensors: this.#tensors(values, stops), passes: pass + 1 };
      carried = Object.fromEntries(
        this.#carries.map(({ name, next }) => [name, slotValue(values, next)] as const),
      );
    }
  }

  /** Runs one pass that begins with what another one left. */
  async runPass(inputs: readonly Tensor[], { pass, carried }: PassStart): Promise<Tensor[]> {
    const given = pass === 0 ? this.#initialFeeds(inputs) : this.#carryFeeds(({ next }) => carried.get(next));
    const values = await this.#runPass({ ...this.#inputFeeds(inputs), ...given });
    return this.#tensors(values, this.#stops(values, pass));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  /** Everything that went in and came out, by ONNX name. */
  async #runPass(feeds: OrtTensors): Promise<OrtTensors> {
    return { ...feeds, ...(await this.#session.runTensors(feeds)) };
  }

  #inputFeeds(inputs: readonly Tensor[]): OrtTensors {
    const expected = this.#program.inputs.length;
    if (inputs.length !== expected)
      throw new ExecutionError("The program takes another number of inputs.", {
        facts: { given: inputs.length, expected },
      });
    return Object.fromEntries(inputs.map((tensor, index) => [inputName(index), ortTensor(tensor)]));
  }

  #initialFeeds(inputs: readonly Tensor[]): OrtTensors {
    const { offsets } = packedOffsets(this.#program.inputs);
    return this.#carryFeeds(({ initial: { source } }) => {
      if (source.kind === "constant") return this.#program.constants[source.index];
      return inputs[offsets.findIndex(({ start }) => source.kind === "input" && start === source.offset)];
    });
  }

  #carryFeeds(tensorOf: (carry: Carry) => Tensor | undefined): OrtTensors {
    const feeds = this.#carries.map((carry) => {
      const tensor = tensorOf(carry);
      if (tensor) return [carry.name, ortTensor(tensor)] as const;
      throw new ExecutionError("A pass begins without what it carries on.", { facts: { carry: carry.name } });
    });
    return Object.fromEntries(feeds);
  }

  #stops(values: OrtTensors, pass: number): boolean {
    const { maxPasses, steps } = this.#program;
    if (pass === maxPasses - 1) return true;
    const stop = steps.at(-1)?.operands[0]?.source;
    return stop?.kind === "slot" && Number(slotValue(values, stop.index).data[0]) !== 0;
  }

  #tensors(values: OrtTensors, stops: boolean): Tensor[] {
    return this.#slots.map((slot) => {
      const { op, out } = this.#program.steps[slot]!;
      const data = op === "Stop" ? Uint8Array.of(Number(stops)) : slotValue(values, slot).data;
      return { type: out, data: data as TensorData };
    });
  }
}

const ortTensor = ({ type, data }: Tensor) => toOrt({ dims: type.shape, data });

function slotValue(values: OrtTensors, slot: number): OrtTensors[string] {
  const value = values[slotName(slot)];
  if (!value) throw new ExecutionError("The program did not return a slot.", { facts: { slot } });
  return value;
}
