// One bit of one element of one intermediate tensor, and what a program computes from there.
import {
  bytesOf,
  dataFromBytes,
  elementCount,
  execute,
  executeFrom,
  type Program,
  type Tensor,
  WIDTH,
} from "@assay/sdk/program";
import { StoryUsageError } from "./errors.ts";

/** `element` counts row by row, `bit` from the least significant; steps count from 0. */
export interface Flip {
  step: number;
  element: number;
  bit: number;
}

const fields = ["step", "element", "bit"] as const;
const example = "step=7,element=123,bit=3";

/**
 * Reads `step=7,element=123,bit=3`.
 *
 * @throws StoryUsageError
 */
export function parseFlip(text: string): Flip {
  const given = new Map(text.split(",").map((part) => part.split("=", 2) as [string, string | undefined]));
  const unknown = [...given.keys()].find((name) => !fields.some((field) => field === name));
  const numbers = fields.map((name) => given.get(name));
  if (unknown !== undefined || !numbers.every((number) => number !== undefined && /^\d{1,9}$/.test(number)))
    throw new StoryUsageError("--cheat takes the step, the element and the bit that the worker changes.", {
      facts: { given: text, example: `--cheat ${example}` },
    });
  const [step, element, bit] = numbers.map(Number);
  return { step: step!, element: element!, bit: bit! };
}

/**
 * Holds a flip to the program's bounds.
 *
 * @throws StoryUsageError naming them.
 */
export function checkFlip({ steps }: Program, { step, element, bit }: Flip): void {
  const out = steps[step]?.out;
  if (out === undefined)
    throw new StoryUsageError(`The program has no step ${step}.`, {
      facts: { steps: `0 to ${steps.length - 1}` },
    });
  const facts = { step: `${step} (${steps[step]!.op})` };
  const elements = elementCount(out);
  if (element >= elements)
    throw new StoryUsageError(`Step ${step} has no element ${element}.`, {
      facts: { ...facts, elements: `0 to ${elements - 1}` },
    });
  const bits = 8 * WIDTH[out.dtype];
  if (bit >= bits)
    throw new StoryUsageError(`The elements of step ${step} have no bit ${bit}.`, {
      facts: { ...facts, bits: `0 to ${bits - 1}` },
    });
}

function flipped({ type, data }: Tensor, element: number, bit: number): Tensor {
  const bytes = bytesOf(data).slice();
  const byte = element * WIDTH[type.dtype] + (bit >> 3);
  bytes[byte] = bytes[byte]! ^ (1 << (bit & 7));
  return { type, data: dataFromBytes(type.dtype, bytes) };
}

/** All slots of an execution that lies once and goes on consistently; `honest` saves computing what comes before. */
export function lyingSlots(
  program: Program,
  input: Uint8Array,
  { step, element, bit }: Flip,
  honest: readonly Tensor[] = execute(program, input),
): Tensor[] {
  const slots = [...honest];
  slots[step] = flipped(slots[step]!, element, bit);
  return executeFrom(program, input, slots, step + 1);
}
