// The command line of `npm start`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { StoryUsageError } from "./errors.ts";
import { type Flip, parseFlip } from "./flip.ts";

export interface StoryOptions {
  help: boolean;
  json: boolean;
  /** Leaves the network running. */
  keep: boolean;
  /** The visitor's lie. */
  flip: Flip | undefined;
  /** Where the page is written. */
  page: string;
}

export const help = `npm start [-- OPTIONS]   plays the story of Assay on a network of its own, in about a minute

  --cheat step=7,element=123,bit=3   the lie: which bit of which element of which step the worker changes
  --keep                             leaves the network running afterwards, with lines to paste into a program
  --page FILE                        where the page of the story is written; story.html in this folder if not given
  --json                             prints the story as one JSON line at the end; the telling goes to stderr
  --help
`;

/**
 * @param folder - Relative paths begin there.
 * @throws StoryUsageError
 */
export function parseOptions(argv: readonly string[], folder: string): StoryOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        cheat: { type: "string" },
        help: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        page: { type: "string", default: "story.html" },
      },
    });
    const { cheat, page, ...flags } = values;
    return {
      ...flags,
      flip: cheat === undefined ? undefined : parseFlip(cheat),
      page: resolve(folder, page),
    };
  } catch (cause) {
    if (cause instanceof StoryUsageError) throw cause;
    const [sentence = ""] = cause instanceof Error ? cause.message.split(". ") : [String(cause)];
    throw new StoryUsageError(`${sentence.replace(/\.$/, "")}.`, {
      cause,
      facts: { help: "npm start -- --help" },
    });
  }
}
