// What a manifest says about text: the tokenizer, the form of a prompt, and the tensors that hold tokens.
import type { ManifestTensor } from "./manifest.ts";
import type { Checker } from "./manifestChecker.ts";

/** How messages become one text. Wherever a text is put in, it replaces the only `{text}`. */
export interface PromptTemplate {
  /** Before the first message. */
  readonly begin: string;
  /** Around a message of a role; null where the model knows no such role. */
  readonly system: string | null;
  readonly user: string;
  readonly assistant: string | null;
  /** After the last message: what the answer follows. */
  readonly reply: string;
}

export interface ManifestText {
  /** Of `tokenizer.json`, which is published beside the program. */
  readonly tokenizer: { readonly sha256: string };
  readonly template: PromptTemplate;
  /** Names of inputs: i32 tokens, their number; null where the program draws nothing: u64 seed, i32 thousandths. */
  readonly inputs: {
    readonly prompt: string;
    readonly length: string;
    readonly seed: string | null;
    readonly temperature: string | null;
  };
  /** Names of outputs: i32 tokens, their number. */
  readonly outputs: { readonly tokens: string; readonly count: string };
  /** Ends a text, and is no part of it; null where all tokens are. */
  readonly stopToken: number | null;
}

/** Put in by `PromptTemplate`. */
export const TEXT_MARK = "{text}";

type Tensors = { readonly inputs: readonly ManifestTensor[]; readonly outputs: readonly ManifestTensor[] };

/** Looks through `text` of a manifest whose tensors are well formed. */
export function checkText(text: Checker, { inputs, outputs }: Tensors): void {
  const [tokenizer, template, ins, outs, stopToken] = text.object(
    "tokenizer",
    "template",
    "inputs",
    "outputs",
    "stopToken",
  );
  for (const field of tokenizer!.object("sha256")) field.text(/^[0-9a-f]{64}$/);
  const [begin, system, user, assistant, reply] = template!.object(
    "begin",
    "system",
    "user",
    "assistant",
    "reply",
  );
  for (const field of [begin, reply]) field!.text();
  for (const field of [system, assistant]) if (field!.value !== null) checkMessage(field!);
  checkMessage(user!);
  const [prompt, length, seed, temperature] = ins!.object("prompt", "length", "seed", "temperature");
  checkTensor(prompt!, inputs, "i32");
  checkTensor(length!, inputs, "i32", 1);
  if (seed!.value !== null) checkTensor(seed!, inputs, "u64", 1);
  if (temperature!.value !== null) checkTensor(temperature!, inputs, "i32", 1);
  const [tokens, count] = outs!.object("tokens", "count");
  checkTensor(tokens!, outputs, "i32");
  checkTensor(count!, outputs, "i32", 1);
  if (stopToken!.value !== null)
    stopToken!.number((value) => Number.isSafeInteger(value) && value >= 0, "a token or null");
}

function checkMessage(field: Checker): void {
  if (field.text().split(TEXT_MARK).length !== 2) field.fail(`a text with ${TEXT_MARK} in it once`);
}

function checkTensor(name: Checker, tensors: readonly ManifestTensor[], dtype: string, size?: number): void {
  const tensor = tensors.find((one) => one.name === name.text());
  const fits =
    tensor?.dtype === dtype &&
    tensor.shape.length === 1 &&
    tensor.codec.kind === "integer" &&
    (size === undefined || tensor.shape[0] === size);
  if (!fits) name.fail(`the name of an integer tensor of type ${dtype} and shape [${size ?? "n"}]`);
}
