// The example language model as files: a decoder of one token per run, its tokenizer, and text that it has never seen.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readTokenizer } from "@assay/sdk/text";

const file = (name: string) => new URL(name, import.meta.url);

/** `<|end|>` ends a passage. */
export const STOP_TOKEN = 0;

export const storytellerPath = (): string => fileURLToPath(file("storyteller.onnx"));

export const storytellerTokenizer = (): Uint8Array => new Uint8Array(readFileSync(file("tokenizer.json")));

/** Tokens of each held-out passage, without its end. */
export function heldOutPassages(): number[][] {
  const { tokenizer } = readTokenizer(storytellerTokenizer());
  const passages = readFileSync(file("data/heldOut.txt"), "utf8").trim().split("\n\n");
  return passages.map((passage) => tokenizer.encode(passage, { add_special_tokens: false }).ids);
}
