// The handwritten digits of this example, as data/digits.bin and data/splits.json hold them.
import { readFileSync } from "node:fs";

/** One image: 64 pixels, 0 … 16, row by row, and the digit that was written. */
export interface DigitSample {
  readonly pixels: Uint8Array;
  readonly label: number;
  /** The cross-validation fold whose model did not see it. */
  readonly fold: number;
  /** Not seen by the final model. */
  readonly heldOut: boolean;
}

const PIXELS = 64;
const path = (name: string): URL => new URL(name, import.meta.url);

/** All samples, in the order of the data set. */
export function digitsSamples(): DigitSample[] {
  const bytes = readFileSync(path("data/digits.bin"));
  const splits = JSON.parse(readFileSync(path("data/splits.json"), "utf8")) as {
    samples: number;
    fold: number[];
    heldOut: number[];
  };
  const heldOut = new Set(splits.heldOut);
  return splits.fold.map((fold, index) => ({
    pixels: new Uint8Array(bytes.subarray(index * PIXELS, (index + 1) * PIXELS)),
    label: bytes[splits.samples * PIXELS + index]!,
    fold,
    heldOut: heldOut.has(index),
  }));
}

/** The float model's input: each pixel divided by 16. */
export const digitsInput = ({ pixels }: DigitSample): Float32Array =>
  Float32Array.from(pixels, (pixel) => pixel / 16);

/** A float model of this example: the final one, or the one of a fold. */
export const digitsModel = (fold?: number): Uint8Array =>
  new Uint8Array(readFileSync(path(fold === undefined ? "digits.onnx" : `folds/fold${fold}.onnx`)));
