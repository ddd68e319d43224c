// A program's manifest with its tokenizer: what encoding and decoding text takes.
import { Tokenizer } from "@huggingface/tokenizers";
import type { Manifest, ManifestText } from "../program/manifest.ts";
import { sha256 } from "../protocol/hash.ts";
import { bytesToHex } from "../protocol/index.ts";
import { TextError } from "./TextError.ts";

export interface ProgramText {
  readonly manifest: Manifest;
  readonly about: ManifestText;
  readonly tokenizer: Tokenizer;
  /** Of the tokenizer: texts that stand for one token, such as the end of a message. */
  readonly specialTexts: readonly string[];
  /** Those tokens, but for the one that stands for what the tokenizer does not know. */
  readonly specialTokens: ReadonlySet<number>;
}

/** The SHA-256 of a tokenizer file as manifests write it: 64 hex digits. */
export const tokenizerHash = (file: Uint8Array): string => bytesToHex(sha256(file)).slice(2);

/**
 * Opens the text of a program.
 *
 * @param manifest - The program's manifest.
 * @param tokenizerFile - The bytes of `tokenizer.json`, which is published beside the program.
 * @throws TextError when the program has no text, or the file is not the one that the manifest names.
 *
 * @example
 * import { openText } from "@assay/sdk/text";
 *
 * const text = openText(manifest, readFileSync("my-program/tokenizer.json"));
 */
export function openText(manifest: Manifest, tokenizerFile: Uint8Array): ProgramText {
  const about = manifest.text;
  if (about === undefined)
    throw new TextError("The program has no text.", { facts: { name: manifest.name } });
  const found = tokenizerHash(tokenizerFile);
  if (found !== about.tokenizer.sha256)
    throw new TextError("The tokenizer is another one than the manifest names.", {
      facts: { wanted: about.tokenizer.sha256, found },
    });
  return { manifest, about, ...readTokenizer(tokenizerFile) };
}

/** @throws TextError when the bytes are no tokenizer of the `tokenizers` library. */
export function readTokenizer(
  file: Uint8Array,
): Pick<ProgramText, "tokenizer" | "specialTexts" | "specialTokens"> {
  try {
    const json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file)) as object;
    // Decoding changes nothing but what the file says: no clean-up of spaces.
    const tokenizer = new Tokenizer(json, { clean_up_tokenization_spaces: false });
    const special = [...tokenizer.get_added_tokens_decoder().values()].filter((token) => token.special);
    const unknown = tokenizer.model?.unk_token_id;
    return {
      tokenizer,
      specialTexts: special.map(({ content }) => content),
      specialTokens: new Set(special.map(({ id }) => id).filter((id) => id !== unknown)),
    };
  } catch (cause) {
    throw new TextError("The file is not a tokenizer that can be read here.", { cause });
  }
}
