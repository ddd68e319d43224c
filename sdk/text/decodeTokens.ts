// From the output bytes of a program to the text that people read.
import { unpackedValues } from "../tensorValues.ts";
import type { ProgramText } from "./openText.ts";
import { TextError } from "./TextError.ts";

export interface Reply {
  readonly text: string;
  /** Without the stop token. */
  readonly tokens: readonly number[];
  /** `stop`: the model ended the text. `length`: there was no room for more. */
  readonly ended: "stop" | "length";
}

/**
 * Turns the output bytes of a program into text.
 *
 * @param text - What `openText` opened.
 * @param output - The output bytes, as `waitForResult` and `getResult` return them.
 *
 * @example
 * import { decodeTokens } from "@assay/sdk/text";
 *
 * const { text: answer, ended } = decodeTokens(text, output);
 */
export function decodeTokens(text: ProgramText, output: Uint8Array): Reply {
  const { outputs, stopToken } = text.about;
  const values = unpackedValues(text.manifest.outputs, output);
  const all = Array.from(values[outputs.tokens]!);
  const count = values[outputs.count]![0]!;
  if (count < 0 || count > all.length)
    throw new TextError("The output counts more tokens than it has.", {
      facts: { count, tokens: all.length },
    });
  const written = all.slice(0, count);
  const isStopped = stopToken !== null && written.at(-1) === stopToken;
  const tokens = isStopped ? written.slice(0, -1) : written;
  return { text: textOf(text, tokens), tokens, ended: isStopped ? "stop" : "length" };
}

/** The prompt in the input bytes of a program: its tokens, and their text with special tokens in it. */
export function decodePrompt(
  text: ProgramText,
  input: Uint8Array,
): { readonly text: string; readonly tokens: readonly number[] } {
  const { inputs } = text.about;
  const values = unpackedValues(text.manifest.inputs, input);
  const all = Array.from(values[inputs.prompt]!);
  const length = Math.min(Math.max(1, values[inputs.length]![0]!), all.length);
  const tokens = all.slice(0, length);
  return { text: textOf(text, tokens, { special: true }), tokens };
}

/** Numbers beyond the tokenizer's, which some models have, stand for no text. */
function textOf(
  { tokenizer }: ProgramText,
  tokens: readonly number[],
  { special } = { special: false },
): string {
  const known = tokens.filter((token) => tokenizer.id_to_token(token) !== undefined);
  return known.length === 0 ? "" : tokenizer.decode(known, { skip_special_tokens: !special });
}
