// Chooses what the cheater lies about: a bit that changes an answer, if possible the digit that the answer names.
import { collectOutput, elementCount, execute, type Tensor } from "@assay/sdk/program";
import type { DigitSample } from "../../examples/digits/digits.ts";
import { HarmlessLieError } from "./errors.ts";
import { checkFlip, type Flip, lyingSlots } from "./flip.ts";
import { type DigitsModel, digitOf, inputOf } from "./model.ts";

/** A lie and the image that it is told about. */
export interface PlannedLie {
  flip: Flip;
  sample: DigitSample;
  input: Uint8Array;
  /** Every tensor as it should be. */
  honest: readonly Tensor[];
  honestDigit: number;
  toldDigit: number;
  honestValue: bigint;
  toldValue: bigint;
}

interface Candidate {
  sample: DigitSample;
  input: Uint8Array;
  honest: readonly Tensor[];
  output: Uint8Array;
  /** How far the best logit is ahead of the second. */
  margin: number;
}

/** Images among which the best one is looked for, and how many of the most doubtful ones a lie of our own choice tries. */
const searched = 120;
const doubtful = 6;
/** High enough to drown a neuron, low enough to look like a value. */
const favouriteBit = 15;
const elementStride = 16;

/** Lets the event loop breathe between long computations. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Finds an image for the flip, or a flip and an image where none is given. The same for everybody.
 *
 * @throws StoryUsageError for a flip outside the program, HarmlessLieError for one that changes no answer.
 */
export async function chooseLie(
  model: DigitsModel,
  flip: Flip | undefined,
  onProgress: (share: number) => void,
): Promise<PlannedLie> {
  if (flip) checkFlip(model.program, flip);
  const found = flip ? await findImage(model, flip, onProgress) : await findFlip(model, onProgress);
  if (found) return found;
  const { step, bit } = flip ?? { step: 0, bit: 0 };
  throw new HarmlessLieError(
    "This lie changes no answer on any of the images, so there is nothing to dispute: rounding and clipping swallow it.",
    { facts: { images: model.samples.length, step, bit, remedy: "choose a higher bit, or another element" } },
  );
}

/** The first image that is read rightly and whose digit the flip changes, else the first whose output it changes at all. */
async function findImage(
  model: DigitsModel,
  flip: Flip,
  onProgress: (share: number) => void,
): Promise<PlannedLie | undefined> {
  let fallback: PlannedLie | undefined;
  for (const [index, sample] of model.samples.entries()) {
    if (fallback && index >= searched) return fallback;
    const lie = tell(model, candidate(model, sample), flip);
    if (lie && lie.toldDigit !== lie.honestDigit && lie.honestDigit === sample.label) return lie;
    fallback ??= lie;
    onProgress(index / model.samples.length);
    await breathe();
  }
  return fallback;
}

/** A lie in the first convolution that reads an earlier step, about an image that the network is least sure of. */
async function findFlip(
  model: DigitsModel,
  onProgress: (share: number) => void,
): Promise<PlannedLie | undefined> {
  const { steps } = model.program;
  const reads = steps.findIndex(
    ({ op, operands }) => op === "ConvInteger" && operands[0]?.source.kind === "slot",
  );
  const step = Math.max(reads, 0);
  const candidates: Candidate[] = [];
  for (const [index, sample] of model.samples.slice(0, searched).entries()) {
    const one = candidate(model, sample);
    if (digitOf(model.manifest, one.output) === sample.label) candidates.push(one);
    onProgress(index / searched);
    await breathe();
  }
  candidates.sort((a, b) => a.margin - b.margin);
  const elements = elementCount(steps[step]!.out);
  let fallback: PlannedLie | undefined;
  for (const one of candidates.slice(0, doubtful)) {
    for (let element = 0; element < elements; element += elementStride) {
      const lie = tell(model, one, { step, element, bit: favouriteBit });
      if (lie && lie.toldDigit !== lie.honestDigit) return lie;
      fallback ??= lie;
    }
    await breathe();
  }
  return fallback;
}

function candidate({ program, manifest }: DigitsModel, sample: DigitSample): Candidate {
  const input = inputOf(manifest, sample);
  const honest = execute(program, input);
  const [best = 0, second = 0] = [...honest[program.outputs[0]!]!.data].map(Number).sort((a, b) => b - a);
  return { sample, input, honest, output: collectOutput(program, honest), margin: best - second };
}

/** The lie about that image; undefined when the answer stays the same. */
function tell(
  { program, manifest }: DigitsModel,
  { sample, input, honest, output }: Candidate,
  flip: Flip,
): PlannedLie | undefined {
  const told = lyingSlots(program, input, flip, honest);
  const toldOutput = collectOutput(program, told);
  if (Buffer.compare(toldOutput, output) === 0) return undefined;
  const valueIn = (slots: readonly Tensor[]) => BigInt(slots[flip.step]!.data[flip.element]!);
  return {
    flip,
    sample,
    input,
    honest,
    honestDigit: digitOf(manifest, output),
    toldDigit: digitOf(manifest, toldOutput),
    honestValue: valueIn(honest),
    toldValue: valueIn(told),
  };
}
