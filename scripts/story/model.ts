// The program of the story: the network of examples/digits, compiled on the spot.
import { decodeOutput, encodeInput } from "@assay/sdk";
import { collectOutput, emitOnnx, encodeManifest, execute, type Manifest } from "@assay/sdk/program";
import { type DigitSample, digitsInput, digitsModel, digitsSamples } from "../../examples/digits/digits.ts";
import { compileModel } from "../../node/compiler/index.ts";
import { type ProgramFiles, programOf } from "../../node/programFiles.ts";

const calibrationSamples = 400;

export interface DigitsModel extends ProgramFiles {
  /** Images that the network was not trained on, in the order of the data set. */
  samples: readonly DigitSample[];
}

/** Compiles the float network; calibrated on images that it was trained on. */
export async function compileDigits(): Promise<DigitsModel> {
  const samples = digitsSamples();
  const { program, manifest } = await compileModel({
    modelBytes: digitsModel(),
    calibration: samples
      .filter(({ heldOut }) => !heldOut)
      .slice(0, calibrationSamples)
      .map(digitsInput),
    options: { name: "digits", licence: "MIT", inputRanges: { image: [0, 1] }, labels: [..."0123456789"] },
  });
  const files = programOf(emitOnnx(program), encodeManifest(manifest));
  return { ...files, samples: samples.filter(({ heldOut }) => heldOut) };
}

/** The bytes that a requester sends for an image. */
export const inputOf = (manifest: Manifest, sample: DigitSample): Uint8Array =>
  encodeInput(manifest, { image: digitsInput(sample) });

/** The digit that an honest worker answers. */
export const honestDigitOf = ({ program, manifest }: DigitsModel, sample: DigitSample): number =>
  digitOf(manifest, collectOutput(program, execute(program, inputOf(manifest, sample))));

/** The digit that an output names. */
export function digitOf(manifest: Manifest, output: Uint8Array): number {
  const digit = decodeOutput(manifest, output).label?.[0];
  if (digit === undefined) throw new Error("The program answers with a label");
  return digit;
}
