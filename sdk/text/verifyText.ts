// Checks that the text that a person wrote and read is what the bytes of a request say.
import { type Bytes, bytesOf } from "../bytes.ts";
import { BaseError } from "../errors.ts";
import type { Manifest } from "../program/manifest.ts";
import { decodeTokens } from "./decodeTokens.ts";
import { encodePrompt, type PromptParameters } from "./encodePrompt.ts";
import { openText, type ProgramText } from "./openText.ts";

export type TextCheckName = "tokenizer" | "prompt" | "text";

export type TextCheck = {
  name: TextCheckName;
  /** What is true if the check passed. */
  statement: string;
  passed: boolean;
  /** What was found instead; undefined when passed. */
  found: string | undefined;
};

export type VerifyTextParameters = PromptParameters & {
  /** The manifest, whose hash is part of the program id. */
  manifest: Manifest;
  /** The bytes of `tokenizer.json`. */
  tokenizer: Uint8Array;
  /** The text that was answered. */
  text: string;
  /** The input bytes of the program. */
  input: Bytes;
  /** The output bytes of the program. */
  output: Bytes;
};

export type VerifyTextReturnType = {
  /** True when every check passed. */
  valid: boolean;
  checks: readonly TextCheck[];
};

/**
 * Checks that a prompt and an answer are those of the input and output bytes. Together with `verifyResult`, which checks the
 * bytes, it covers what a person wrote and read.
 *
 * @param parameters.prompt - What was asked: a text, or messages.
 * @param parameters.seed - The seed that was given, for programs that sample.
 * @param parameters.temperature - The temperature that was given, for programs that sample.
 * @param parameters.text - What was answered.
 * @returns Each check with its outcome. Never throws because of a wrong text.
 *
 * @example
 * import { verifyText } from "@assay/sdk/text";
 *
 * const { valid } = verifyText({ manifest, tokenizer, prompt: "In the beginning", text: answer, input, output });
 */
export function verifyText(parameters: VerifyTextParameters): VerifyTextReturnType {
  const { manifest, tokenizer, prompt, seed, temperature, text } = parameters;
  const [input, output] = [bytesOf(parameters.input), bytesOf(parameters.output)];
  let opened: ProgramText | undefined;
  const checks = [
    attempt("tokenizer", "The tokenizer is the one that the manifest names.", () => {
      opened = openText(manifest, tokenizer);
      return undefined;
    }),
    attempt("prompt", "The prompt, as tokens, is the input.", () => {
      if (opened === undefined) return "not looked at, because the tokenizer is another one";
      return sameBytes(encodePrompt(opened, { prompt, seed, temperature }), input)
        ? undefined
        : "other bytes";
    }),
    attempt("text", "The output, as text, is the answer.", () => {
      if (opened === undefined) return "not looked at, because the tokenizer is another one";
      const decoded = decodeTokens(opened, output).text;
      return decoded === text ? undefined : decoded;
    }),
  ];
  return { valid: checks.every(({ passed }) => passed), checks };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function attempt(name: TextCheckName, statement: string, fault: () => string | undefined): TextCheck {
  try {
    const found = fault();
    return { name, statement, passed: found === undefined, found };
  } catch (error) {
    if (error instanceof BaseError) return { name, statement, passed: false, found: error.message };
    throw error;
  }
}
