// Makes the input bytes of a request from words.
import { encodePrompt, type Message, openText, TextError } from "@assay/sdk/text";
import { z } from "zod";
import type { Described } from "./answer.ts";
import { optional } from "./command.ts";
import { UsageError } from "./failure.ts";
import { InputFormatError } from "./npy.ts";
import { parseJson, readInputFile } from "./numbers.ts";
import { decimal, text } from "./values.ts";

const seedValue = z.string().transform((typed, context): bigint => {
  if (/^\d{1,20}$/.test(typed) && BigInt(typed) < 2n ** 64n) return BigInt(typed);
  context.addIssue("expected an integer from 0 to 2^64 - 1");
  return z.NEVER;
});

/** What is said to a program that reads text. */
export const promptFlags = {
  prompt: optional(text, "What to ask a program that reads text", { placeholder: "text" }),
  messages: optional(text, "A conversation instead: .json list of objects with role and content", {
    placeholder: "file",
  }),
  seed: optional(seedValue, "Decides the draws of a program that samples; 0 if not given", {
    placeholder: "number",
  }),
  temperature: optional(
    decimal({ min: 0, max: 2 }),
    "How freely such a program draws; 0 takes the likeliest token always, 1 if not given",
    { placeholder: "number" },
  ),
};

export type PromptGiven = {
  prompt: string | undefined;
  messages: string | undefined;
  seed: bigint | undefined;
  temperature: number | undefined;
};

const conversation = z.array(
  z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() }),
);

/** What `--prompt` or `--messages` say; undefined when neither is given. */
export function readPrompt({ prompt, messages }: PromptGiven): string | Message[] | undefined {
  if (messages === undefined) return prompt;
  if (prompt !== undefined)
    throw new UsageError("--prompt and --messages are both given.", { hint: "Keep one of them" });
  const result = conversation.safeParse(
    parseJson(new TextDecoder().decode(readInputFile(messages)), messages),
  );
  if (result.success) return result.data;
  throw new InputFormatError("The file is not a conversation.", {
    facts: { file: messages, problem: result.error.issues[0]?.message },
    hint: 'Write [{"role": "user", "content": "…"}]',
  });
}

/** The input bytes for what is asked; undefined when nothing is asked in words. */
export function readTextInput(given: PromptGiven, program: Described | undefined): Uint8Array | undefined {
  const prompt = readPrompt(given);
  const { seed, temperature } = given;
  if (prompt === undefined) {
    if (seed !== undefined || temperature !== undefined)
      throw new UsageError("--seed and --temperature go with --prompt.");
    return undefined;
  }
  if (program?.manifest.text === undefined || program.tokenizerBytes === undefined)
    throw new TextError("The program reads no text.", { facts: { name: program?.manifest.name } });
  return encodePrompt(openText(program.manifest, program.tokenizerBytes), { prompt, seed, temperature });
}
