// What generation refuses.
import { FatalError } from "../../errors.ts";

/** A model or its options make no generation: the message says which, the hint what to do. */
export class GenerationError extends FatalError {
  override name = "GenerationError";
}
