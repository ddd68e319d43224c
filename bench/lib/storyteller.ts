// The example language model: its float decoder, and its held-out text as tokens, in two parts that share no passage.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readDecoder, sequencesOf, thinned } from "../../node/compiler/generation/index.ts";
import { readGraph } from "../../node/compiler/graph/index.ts";

const file = (name: string) => new URL(`../../examples/storyteller/${name}`, import.meta.url);

/** `<|end|>` ends a passage. */
export const STOP_TOKEN = 0;

export const storytellerTokenizer = (): Uint8Array => readFileSync(file("tokenizer.json"));

export async function storytellerDecoder() {
  return readDecoder(await readGraph({ path: fileURLToPath(file("storyteller.onnx")) }));
}

/** About so many tokens to calibrate on, and about so many to measure on. */
export function storytellerTexts(context: number, calibrated: number, measured: number) {
  const text = readFileSync(file("data/heldOut.txt"), "utf8");
  const all = sequencesOf(text, { tokenizer: storytellerTokenizer(), most: context });
  const isEven = (_: unknown, index: number) => index % 2 === 0;
  return {
    calibration: thinned(all.filter(isEven), calibrated),
    heldOut: thinned(
      all.filter((_, index) => index % 2 === 1),
      measured,
    ),
  };
}
