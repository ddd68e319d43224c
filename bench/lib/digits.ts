// The digits program as the compiler makes it, for benchmarks.
import { digitsInput, digitsModel, digitsSamples } from "../../examples/digits/digits.ts";
import { type CompileResult, compileModel } from "../../node/compiler/index.ts";

/** Calibrated on images that the final model was trained on. */
export function compileDigits(): Promise<CompileResult> {
  const samples = digitsSamples().filter(({ heldOut }) => !heldOut);
  return compileModel({
    modelBytes: digitsModel(),
    calibration: samples.slice(0, 400).map(digitsInput),
    options: { name: "digits", licence: "MIT", inputRanges: { image: [0, 1] }, labels: [..."0123456789"] },
  });
}
