// @assay/sdk/text: prompts in, text out, for programs whose manifest names a tokenizer.
export { decodePrompt, decodeTokens, type Reply } from "./decodeTokens.ts";
export {
  encodePrompt,
  encodeTokens,
  type Message,
  type PromptParameters,
  promptText,
  promptTokens,
  type Role,
} from "./encodePrompt.ts";
export { openText, type ProgramText, readTokenizer, tokenizerHash } from "./openText.ts";
export { TextError } from "./TextError.ts";
export * from "./verifyText.ts";
