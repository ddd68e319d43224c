// What can go wrong with the story.
import { BaseError } from "@assay/sdk";

/** The command line asks for something that the story cannot do. */
export class StoryUsageError extends BaseError {
  override readonly name: string = "StoryUsageError";
}

/** The lie changes no answer, so that there is nothing to dispute. */
export class HarmlessLieError extends StoryUsageError {
  override readonly name = "HarmlessLieError";
}

/** Something did not happen as the story tells it. */
export class StoryError extends BaseError {
  override readonly name = "StoryError";
}
