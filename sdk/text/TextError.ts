// What reading and writing text refuses.
import { BaseError } from "../errors.ts";

/** A program that has no text, a tokenizer that is another one, a prompt that does not fit. */
export class TextError extends BaseError {
  override readonly name = "TextError";
}
