// Texts as sequences of tokens, for calibration and for measuring.
import { readTokenizer } from "@assay/sdk/text";
import { GenerationError } from "./errors.ts";

export interface SequenceOptions {
  /** the bytes of tokenizer.json */
  readonly tokenizer: Uint8Array;
  /** what every sequence begins with, such as a token that begins texts */
  readonly begin?: string;
  /** tokens of a sequence at most; longer texts are cut into several */
  readonly most: number;
}

/** Tokens of each passage of a text; passages are separated by blank lines. */
export function sequencesOf(
  text: string,
  { tokenizer: file, begin = "", most }: SequenceOptions,
): number[][] {
  const { tokenizer } = readTokenizer(file);
  const encode = (part: string): number[] =>
    part === "" ? [] : tokenizer.encode(part, { add_special_tokens: false }).ids;
  const first = encode(begin);
  const room = most - first.length;
  const sequences = text.split(/\r?\n(?:[ \t]*\r?\n)+/).flatMap((passage) => {
    const tokens = encode(passage.trim());
    const parts = Math.ceil(tokens.length / room);
    return Array.from({ length: parts }, (_, part) => [
      ...first,
      ...tokens.slice(part * room, (part + 1) * room),
    ]);
  });
  if (sequences.length === 0) throw new GenerationError("The text has no words.");
  return sequences;
}

/** Sequences taken evenly from all of them, with about so many tokens in all. */
export function thinned(sequences: readonly number[][], tokens: number): number[][] {
  const total = sequences.reduce((sum, { length }) => sum + length, 0);
  const share = Math.min(1, tokens / total);
  return sequences.filter((_, index) => Math.ceil((index + 1) * share) > Math.ceil(index * share));
}
