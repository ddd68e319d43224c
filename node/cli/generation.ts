// What `assay compile --generate` is told: lengths, tokens, names, and the texts that it calibrates on.
import { extname } from "node:path";
import type { PromptTemplate } from "@assay/sdk/program";
import { readTokenizer } from "@assay/sdk/text";
import { z } from "zod";
import {
  type CompileGenerationOptions,
  type DecoderNames,
  sequencesOf,
} from "../compiler/generation/index.ts";
import { optional, repeated } from "./command.ts";
import { UsageError } from "./failure.ts";
import { InputFormatError } from "./npy.ts";
import { parseJson, readInputFile } from "./numbers.ts";
import { text } from "./values.ts";

const keys = ["prompt", "tokens", "sampling", "stop", "pad", "token", "position", "mask", "logits"] as const;
type Wish = Partial<Record<(typeof keys)[number], string>>;

const wishes = z.string().transform((typed, context): Wish => {
  const wish: Record<string, string> = {};
  for (const part of typed.split(",")) {
    const [, key = "", value = ""] = /^\s*([a-z]+)=(.*?)\s*$/.exec(part) ?? [];
    if (!(keys as readonly string[]).includes(key) || value === "" || wish[key] !== undefined) {
      context.addIssue(`expected KEY=VALUE,… with keys out of ${keys.join(", ")}, each once; got "${part}"`);
      return z.NEVER;
    }
    wish[key] = value;
  }
  for (const key of ["prompt", "tokens"])
    if (!/^[1-9]\d{0,6}$/.test(wish[key] ?? "")) {
      context.addIssue(`expected ${key}=NUMBER in it`);
      return z.NEVER;
    }
  if (wish.sampling !== undefined && !["greedy", "seeded"].includes(wish.sampling)) {
    context.addIssue(`expected sampling=greedy or sampling=seeded; got "${wish.sampling}"`);
    return z.NEVER;
  }
  return wish;
});

const pair = z.string().transform((typed, context): [string, string] => {
  const [, left, right] = /^([^=]+)=([^=]+)$/.exec(typed) ?? [];
  if (left !== undefined && right !== undefined) return [left, right];
  context.addIssue(`expected A=B; got "${typed}"`);
  return z.NEVER;
});

/** Flags of `assay compile` for decoders. */
export const generationFlags = {
  generate: optional(
    wishes,
    "Make a decoder into a program that generates: prompt=64,tokens=64, further sampling=seeded, stop=TOKEN, pad=TOKEN and names of the model's tensors (token=, position=, mask=, logits=)",
    { placeholder: "wishes" },
  ),
  tokenizer: optional(text, "Its tokenizer.json: the program then reads and writes text", {
    placeholder: "file",
  }),
  template: optional(
    text,
    "Form of a prompt: .json with begin, system, user, assistant and reply; the prompt as it is if not given",
    { placeholder: "file" },
  ),
  cache: repeated(pair, "Output that a cache of the decoder goes on with, where names do not tell", {
    placeholder: "input=output",
  }),
};

export type GenerationGiven = {
  generate: Wish | undefined;
  tokenizer: string | undefined;
  template: string | undefined;
  cache: readonly [string, string][];
  calibration: readonly string[];
};

export type GenerationWish = {
  options: Omit<CompileGenerationOptions, "name">;
  sequences: readonly (readonly number[])[];
  tokenizerBytes: Uint8Array | undefined;
};

const plainTemplate: PromptTemplate = { begin: "", system: null, user: "{text}", assistant: null, reply: "" };

/** Tokens that end a text, in the tokenizers that are around. */
const stopTexts = [
  "<|end|>",
  "<|endoftext|>",
  "<|im_end|>",
  "<|eot_id|>",
  "<|end_of_text|>",
  "<end_of_turn>",
  "</s>",
  "<eos>",
  "[EOS]",
];
const padTexts = ["<|pad|>", "<pad>", "[PAD]", "<|finetune_right_pad_id|>"];

/** Undefined where no generation is wished for. Reads the files that are named. */
export function readGeneration(given: GenerationGiven): GenerationWish | undefined {
  const { generate } = given;
  if (generate === undefined) {
    const loose = (["tokenizer", "template"] as const).find((name) => given[name] !== undefined);
    if (loose !== undefined || given.cache.length > 0)
      throw new UsageError(`--${loose ?? "cache"} goes with --generate.`);
    return undefined;
  }
  const tokenizerBytes = given.tokenizer === undefined ? undefined : readInputFile(given.tokenizer);
  const template = given.template === undefined ? plainTemplate : readTemplate(given.template);
  if (given.template !== undefined && tokenizerBytes === undefined)
    throw new UsageError("--template goes with --tokenizer.");
  const tokenOf = (typed: string | undefined, usual: readonly string[]) =>
    findToken(tokenizerBytes, typed, usual);
  const stopToken = generate.stop === "none" ? undefined : tokenOf(generate.stop, stopTexts);
  const padToken = tokenOf(generate.pad, padTexts) ?? stopToken;
  const { token, position, mask, logits } = generate;
  const names: DecoderNames = {
    ...(token && { token }),
    ...(position && { position }),
    ...(mask && { mask }),
    ...(logits && { logits }),
    ...(given.cache.length > 0 && { caches: given.cache }),
  };
  return {
    options: {
      prompt: Number(generate.prompt),
      tokens: Number(generate.tokens),
      sampling: generate.sampling === "seeded" ? "seeded" : "greedy",
      names,
      ...(stopToken !== undefined && { stopToken }),
      ...(padToken !== undefined && { padToken }),
      ...(tokenizerBytes && { text: { tokenizer: tokenizerBytes, template } }),
    },
    sequences: given.calibration.flatMap((file) => readSequences(file, tokenizerBytes, template)),
    tokenizerBytes,
  };
}

function findToken(
  tokenizerBytes: Uint8Array | undefined,
  typed: string | undefined,
  usual: readonly string[],
): number | undefined {
  if (typed !== undefined && /^\d+$/.test(typed)) return Number(typed);
  const tokenizer = tokenizerBytes && readTokenizer(tokenizerBytes).tokenizer;
  const candidates = typed === undefined ? usual : [typed];
  const found = candidates.map((text) => tokenizer?.token_to_id(text)).find((token) => token !== undefined);
  if (typed === undefined || found !== undefined) return found;
  throw new UsageError(`There is no token "${typed}".`, {
    hint: tokenizer ? "Give its number, or its text" : "Give its number, or the tokenizer with --tokenizer",
  });
}

const templateForm = z.strictObject({
  begin: z.string().default(""),
  system: z.string().nullable().default(null),
  user: z.string().default("{text}"),
  assistant: z.string().nullable().default(null),
  reply: z.string().default(""),
});

function readTemplate(file: string): PromptTemplate {
  const result = templateForm.safeParse(parseJson(new TextDecoder().decode(readInputFile(file)), file));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputFormatError("The file is not a template.", {
    facts: { file, field: issue?.path.join("."), problem: issue?.message },
    hint: 'Write {"begin": "", "user": "{text}", "reply": ""}, and system and assistant where the model knows them',
  });
}

/** A text whose passages are separated by blank lines, or a .json list of lists of tokens. */
function readSequences(
  file: string,
  tokenizer: Uint8Array | undefined,
  { begin }: PromptTemplate,
): readonly (readonly number[])[] {
  const content = new TextDecoder().decode(readInputFile(file));
  if (extname(file) === ".json") {
    const lists = z.array(z.array(z.number().int().nonnegative())).safeParse(parseJson(content, file));
    if (lists.success) return lists.data;
    throw new InputFormatError("The file is not a list of lists of tokens.", { facts: { file } });
  }
  if (tokenizer === undefined)
    throw new UsageError("A text needs a tokenizer.", {
      hint: "Give it with --tokenizer, or give lists of tokens in a .json file",
    });
  return sequencesOf(content, { tokenizer, begin, most: 2048 });
}
