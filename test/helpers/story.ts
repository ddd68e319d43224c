// The example language model telling a story, and the same story with one wrong bit on the way to one of its tokens.
import {
  carriedOf,
  collectOutput,
  executePass,
  FIRST_PASS,
  isLastPass,
  type OpName,
  type PassStart,
  type Program,
  packInputs,
  type Tensor,
  unpackInputs,
} from "@assay/sdk/program";
import { heldOutPassages, storytellerPath } from "../../examples/storyteller/storyteller.ts";
import { floatStep, generationProgram, readDecoder, thinned } from "../../node/compiler/generation/index.ts";
import { readGraph } from "../../node/compiler/graph/index.ts";
import { ProgramSession } from "../../node/execution/programSession.ts";

type Passes = readonly (readonly Tensor[])[];

export interface Told {
  /** All slots of all passes. */
  readonly passes: Passes;
  readonly output: Uint8Array;
}

export interface Story extends Told {
  readonly program: Program;
  readonly input: Uint8Array;
}

export interface WrongStory extends Told {
  /** Where the wrong bit is. */
  readonly pass: number;
  readonly slot: number;
}

const PROMPT = 8;
const CALIBRATED = 256;

/** A prompt of eight tokens and `tokens` more, never fewer. */
export async function tellStory(tokens: number): Promise<Story> {
  const decoder = readDecoder(await readGraph({ path: storytellerPath() }));
  const passages = heldOutPassages();
  const step = await floatStep({ decoder, sequences: thinned(passages, CALIBRATED) });
  const program = generationProgram(step, { prompt: PROMPT, tokens });
  const prompt = Int32Array.from(passages[10]!.slice(0, PROMPT));
  const input = packInputs(program, [prompt, Int32Array.of(PROMPT)]);
  return { program, input, ...(await tell(program, input, [])) };
}

/** What follows from the first passes. */
async function tell(program: Program, input: Uint8Array, begun: Passes): Promise<Told> {
  const session = await ProgramSession.open(program, { form: "trace" });
  const passes = [...begun];
  const inputs = unpackInputs(program, input);
  while (passes.length === 0 || !isLastPass(program, passes.at(-1)!))
    passes.push(await session.runPass(inputs, startAfter(program, passes)));
  await session.close();
  return { passes, output: collectOutput(program, passes.at(-1)!) };
}

const startAfter = (program: Program, passes: Passes): PassStart =>
  passes.length === 0 ? FIRST_PASS : { pass: passes.length, carried: carriedOf(program, passes.at(-1)!) };

/** The pass that makes token `token`, counted from 1. */
const passOf = (token: number): number => PROMPT - 1 + token - 1;

function flipped({ type, data }: Tensor, element: number): Tensor {
  const copy = data.slice() as Tensor["data"];
  const bytes = new Uint8Array(copy.buffer);
  const at = element * copy.BYTES_PER_ELEMENT + Math.min(2, copy.BYTES_PER_ELEMENT - 1);
  bytes[at]! ^= copy.BYTES_PER_ELEMENT === 1 ? 0x80 : 0x04;
  return { type, data: copy };
}

/** Elements of a slot that are tried, and where: what a cache holds of the first tokens lies at its beginning. */
const TRIED = 16;
const SPREAD = 1024;

/**
 * One wrong bit of one result of an operator, such that token `token` becomes another one; and how the story goes on. Tries the
 * operator's steps in order, from the middle of the program on.
 */
export async function tellWrongly(
  { program, input, passes }: Story,
  token: number,
  wrong: OpName = "MatMulInteger",
): Promise<WrongStory> {
  const pass = passOf(token);
  const before = passes.slice(0, pass);
  const honest = passes[pass]!;
  const [tokens = 0] = program.outputs;
  const slots = program.steps.flatMap(({ op }, slot) => (op === wrong ? [slot] : []));
  for (const slot of slots.slice(slots.length >> 1)) {
    const count = Math.min(SPREAD, honest[slot]!.data.length);
    for (let tried = 0; tried < TRIED; tried++) {
      const element = (97 * tried) % count;
      const kept = [...honest.slice(0, slot), flipped(honest[slot]!, element)];
      const made = executePass(program, input, startAfter(program, before), kept);
      if (made[tokens]!.data.every((one, place) => one === honest[tokens]!.data[place])) continue;
      return { ...(await tell(program, input, [...before, made])), pass, slot };
    }
  }
  throw new Error(`No bit of ${wrong} matters`);
}
