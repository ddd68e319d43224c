// Runs a decode step as a program of one pass, token by token: its logits can be looked at, which generation keeps inside.
import { checkProgram, decodeNumbers, type Program, type Tensor, tensorType } from "@assay/sdk/program";
import { ProgramSession } from "../../execution/programSession.ts";
import { arrangeLayouts } from "../layouts.ts";
import { ProgramBuilder } from "../programBuilder.ts";
import { Expressions } from "./expressions.ts";
import type { DecodeStep } from "./step.ts";

/** The step alone. Inputs: token i32 [1], position i32 [1], the caches. Outputs: the logits, the caches. */
export function stepProgram(step: DecodeStep): { readonly program: Program; readonly logitScale: number } {
  const scalar = tensorType("i32", [1]);
  const builder = new ProgramBuilder([scalar, scalar, ...step.caches.map(({ type }) => type)]);
  const x = new Expressions(builder);
  const token = x.clip(builder.input(0), 0, step.vocabulary - 1);
  const position = x.clip(builder.input(1), 0, step.context - 1);
  const caches = step.caches.map((_, index) => builder.input(index + 2));
  const { logits, logitScale, caches: cachesAfter } = step.build(builder, { token, position, caches });
  const program = arrangeLayouts(builder.finish([logits, ...cachesAfter]));
  checkProgram(program);
  return { program, logitScale };
}

export class IntegerDecoder {
  readonly #step: DecodeStep;
  readonly #session: ProgramSession;
  readonly #logitScale: number;
  #caches: readonly Tensor[] = [];
  #position = 0;

  private constructor(step: DecodeStep, session: ProgramSession, logitScale: number) {
    this.#step = step;
    this.#session = session;
    this.#logitScale = logitScale;
    this.reset();
  }

  static async open(step: DecodeStep): Promise<IntegerDecoder> {
    const { program, logitScale } = stepProgram(step);
    return new IntegerDecoder(step, await ProgramSession.open(program), logitScale);
  }

  /** Begins a text anew. */
  reset(): void {
    this.#caches = this.#step.caches.map(({ type, initial }) => ({ type, data: initial }));
    this.#position = 0;
  }

  /** Reads a token; the logits of the next one, in nats. */
  async step(token: number): Promise<Float64Array> {
    const scalar = (value: number): Tensor => ({ type: tensorType("i32", [1]), data: Int32Array.of(value) });
    const inputs = [scalar(token), scalar(this.#position++), ...this.#caches];
    const [logits, ...caches] = await this.#session.run(inputs);
    this.#caches = caches;
    return decodeNumbers({ kind: "linear", scale: this.#logitScale, zeroPoint: 0 }, logits!.data);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
