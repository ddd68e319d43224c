// Runs samples of one program together in onnxruntime, in batches of a fixed size.
import {
  batchProgram,
  collectOutput,
  type Execution,
  joinInputs,
  type Program,
  sampleOf,
  type Tensor,
} from "@assay/sdk/program";
import { ProgramSession } from "./programSession.ts";
import type { SessionOptions } from "./session.ts";

/** A program loaded for `size` samples at a time. */
export class BatchSession {
  readonly #program: Program;
  readonly #session: ProgramSession;
  readonly #size: number;

  private constructor(program: Program, session: ProgramSession, size: number) {
    this.#program = program;
    this.#session = session;
    this.#size = size;
  }

  /** @throws NotBatchableError */
  static async open(program: Program, size: number, options: SessionOptions): Promise<BatchSession> {
    return new BatchSession(program, await ProgramSession.open(batchProgram(program, size), options), size);
  }

  /** Packed inputs in, output bytes out; the last batch is filled up with its first sample. */
  async run(inputs: readonly Uint8Array[]): Promise<Execution[]> {
    const executions: Execution[] = [];
    for (let start = 0; start < inputs.length; start += this.#size) {
      const samples = inputs.slice(start, start + this.#size);
      const filled = Array.from({ length: this.#size }, (_, index) => samples[index] ?? samples[0]!);
      const outputs = await this.#session.run(joinInputs(this.#program, filled));
      samples.forEach((_, sample) => {
        executions.push({ output: this.#outputOf(outputs, sample), passes: 1 });
      });
    }
    return executions;
  }

  #outputOf(outputs: readonly Tensor[], sample: number): Uint8Array {
    const slots: Tensor[] = [];
    this.#program.outputs.forEach((slot, index) => {
      slots[slot] = sampleOf(outputs[index]!, this.#program.steps[slot]!.out, sample);
    });
    return collectOutput(this.#program, slots);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
