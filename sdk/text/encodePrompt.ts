// From a prompt to the input bytes of a program.
import type { Manifest } from "../program/manifest.ts";
import { TEXT_MARK } from "../program/manifestText.ts";
import { encodeInput } from "../tensorValues.ts";
import type { ProgramText } from "./openText.ts";
import { TextError } from "./TextError.ts";

export type Role = "system" | "user" | "assistant";

export interface Message {
  readonly role: Role;
  readonly content: string;
}

export interface PromptParameters {
  /** A text, taken as one message of the user, or messages. */
  readonly prompt: string | readonly Message[];
  /** Decides the draws of a program that samples: the same seed, the same answer. 0 if not given. */
  readonly seed?: bigint | number | undefined;
  /** Of the draws; 0 takes the likeliest token always. 1 if not given. */
  readonly temperature?: number | undefined;
}

interface PromptParts {
  /** What the template says before each message, and after the last one. */
  readonly fixed: readonly string[];
  readonly contents: readonly string[];
}

function partsOf({ about, specialTexts }: ProgramText, prompt: PromptParameters["prompt"]): PromptParts {
  const { template } = about;
  const messages = typeof prompt === "string" ? [{ role: "user" as const, content: prompt }] : prompt;
  const fixed = [template.begin];
  for (const { role, content } of messages) {
    const special = specialTexts.find((text) => content.includes(text));
    if (special !== undefined)
      throw new TextError("A message contains a special token.", { facts: { role, token: special } });
    const form = template[role];
    if (form === null) throw new TextError("The program knows no such role.", { facts: { role } });
    const [before = "", after = ""] = form.split(TEXT_MARK);
    fixed.push(`${fixed.pop()}${before}`, after);
  }
  fixed.push(`${fixed.pop()}${template.reply}`);
  return { fixed, contents: messages.map(({ content }) => content) };
}

const joined = ({ fixed, contents }: PromptParts): string =>
  fixed.map((text, index) => `${text}${contents[index] ?? ""}`).join("");

/** The text that the program continues: the messages in the form of the manifest's template. */
export const promptText = (text: ProgramText, prompt: PromptParameters["prompt"]): string =>
  joined(partsOf(text, prompt));

/**
 * The tokens of a prompt, as many as it has.
 * @throws TextError also where messages become special tokens only together, or once the tokenizer has normalized them.
 */
export function promptTokens(text: ProgramText, prompt: PromptParameters["prompt"]): number[] {
  const parts = partsOf(text, prompt);
  const encode = (part: string): number[] => text.tokenizer.encode(part, { add_special_tokens: false }).ids;
  const isSpecial = (token: number): boolean => text.specialTokens.has(token);
  const tokens = encode(joined(parts));
  const found = tokens.filter(isSpecial);
  // INVARIANT: nobody but the template ends a turn.
  const wanted = parts.fixed.flatMap((part) => encode(part).filter(isSpecial));
  if (found.length !== wanted.length || found.some((token, index) => token !== wanted[index]))
    throw new TextError("A message becomes a special token.", {
      facts: { found: found.join(", "), template: wanted.join(", ") },
    });
  return tokens;
}

/**
 * Turns a prompt into the input bytes of a program.
 *
 * @param text - What `openText` opened.
 * @param parameters.prompt - A text, or messages where the manifest's template knows roles.
 * @param parameters.seed - Decides the draws, 0 to 2^64 - 1; for programs that sample.
 * @param parameters.temperature - 0 to 2; for programs that sample.
 * @returns The bytes that `requestInference` posts.
 * @throws TextError when the prompt is empty, too long, or contains a special token.
 *
 * @example
 * import { encodePrompt } from "@assay/sdk/text";
 *
 * const input = encodePrompt(text, { prompt: "In the beginning", seed: 7 });
 */
export function encodePrompt(text: ProgramText, { prompt, seed, temperature }: PromptParameters): Uint8Array {
  return encodeTokens(text, promptTokens(text, prompt), { seed, temperature });
}

/** The same from tokens, such as those of a prompt and of an answer that is to be continued. */
export function encodeTokens(
  { manifest, about }: ProgramText,
  tokens: readonly number[],
  { seed, temperature }: Omit<PromptParameters, "prompt"> = {},
): Uint8Array {
  const { inputs } = about;
  const room = roomOf(manifest, inputs.prompt);
  if (tokens.length === 0) throw new TextError("The prompt is empty.");
  if (tokens.length > room)
    throw new TextError("The prompt is too long.", { facts: { tokens: tokens.length, limit: room } });
  const values: Record<string, ArrayLike<number | bigint>> = {
    [inputs.prompt]: [...tokens, ...new Array<number>(room - tokens.length).fill(0)],
    [inputs.length]: [tokens.length],
  };
  if (inputs.seed !== null) values[inputs.seed] = [seedOf(seed)];
  else if (seed !== undefined)
    throw new TextError("The program draws nothing: it takes no seed.", { facts: { seed } });
  if (inputs.temperature !== null) values[inputs.temperature] = [thousandths(temperature)];
  else if (temperature !== undefined)
    throw new TextError("The program draws nothing: it takes no temperature.", { facts: { temperature } });
  return encodeInput(manifest, values);
}

function roomOf({ inputs }: Manifest, name: string): number {
  return inputs.find((input) => input.name === name)!.shape[0]!;
}

function seedOf(seed: bigint | number = 0): bigint {
  const fits = typeof seed === "bigint" || Number.isSafeInteger(seed);
  if (fits && seed >= 0 && seed < 2n ** 64n) return BigInt(seed);
  throw new TextError("A seed is an integer from 0 to 2^64 - 1.", { facts: { seed } });
}

function thousandths(temperature = 1): number {
  if (temperature >= 0 && temperature <= 2) return Math.round(temperature * 1000);
  throw new TextError("A temperature is a number from 0 to 2.", { facts: { temperature } });
}
