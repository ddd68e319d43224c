// The example models as the compiler makes programs of them, each with one input.
import { type Program, packInputs } from "@assay/sdk/program";
import { digitsSamples } from "../../examples/digits/digits.ts";
import { heldOutVerses, passagesPath } from "../../examples/passages/passages.ts";
import { heldOutPassages, STOP_TOKEN, storytellerPath } from "../../examples/storyteller/storyteller.ts";
import { compileGeneration } from "../../node/compiler/generation/index.ts";
import { type CompileResult, compileModel } from "../../node/compiler/index.ts";
import { compileDigits } from "./digits.ts";

export interface CompiledProgram {
  readonly name: string;
  readonly program: Program;
  readonly input: Uint8Array;
}

/** Every eighth verse calibrates; the others measure. */
export const CALIBRATION_STRIDE = 8;

export function compilePassages(): Promise<CompileResult> {
  const { samples, labels } = heldOutVerses();
  const calibrating = samples.filter((_, index) => index % CALIBRATION_STRIDE === 0);
  return compileModel({
    modelBytes: { path: passagesPath() },
    calibration: calibrating.map(({ tokens }) => [tokens]),
    options: { name: "passages", licence: "MIT", labels },
  });
}

/** Writes at most `tokens` tokens after a prompt of at most `prompt`. */
export async function compileStoryteller(prompt: number, tokens: number): Promise<Program> {
  const { program } = await compileGeneration({
    modelBytes: { path: storytellerPath() },
    sequences: heldOutPassages().slice(0, 24),
    options: { name: "storyteller", prompt, tokens, stopToken: STOP_TOKEN, padToken: 1 },
  });
  return program;
}

/** What a generating program takes in: a prompt, filled up, and how long it is. */
export function promptInput(program: Program, prompt: readonly number[]): Uint8Array {
  const [{ shape } = { shape: [0] }] = program.inputs;
  const filled = new Int32Array(shape[0]!);
  filled.set(prompt);
  return packInputs(program, [filled, Int32Array.of(prompt.length)]);
}

export async function* compiledPrograms(): AsyncGenerator<CompiledProgram> {
  const digits = await compileDigits();
  const { pixels } = digitsSamples()[0]!;
  yield { name: "digits", program: digits.program, input: packInputs(digits.program, [pixels]) };
  const { program } = await compilePassages();
  const { tokens } = heldOutVerses().samples[1]!;
  yield { name: "passages", program, input: packInputs(program, [tokens]) };
  const story = await compileStoryteller(4, 8);
  yield { name: "storyteller", program: story, input: promptInput(story, heldOutPassages()[0]!.slice(0, 4)) };
}
