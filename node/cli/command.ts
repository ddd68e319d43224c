// What a command is: words, typed parameters, the options it knows, what it does and how its result reads.
import { z } from "zod";
import type { Scope } from "../config.ts";
import type { Context } from "./context.ts";

/** One argument or flag. Undefined `placeholder`: a flag without a value. */
export type Parameter<T> = {
  schema: z.ZodType<T>;
  help: string;
  placeholder?: string;
  required: boolean;
  repeats: boolean;
  fallback: T | undefined;
};

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

export type ValuesOf<parameters extends Parameters> = {
  [name in keyof parameters]: parameters[name] extends Parameter<infer T> ? T : never;
};

/** What a command hands back. A number named `exitCode` in it says that it ended otherwise than hoped. */
export type Result = object;

export type CommandGroup = "Begin" | "Run" | "Programs" | "Use" | "Stake" | "Disputes" | "Keys and settings";

export type Command<
  args extends Parameters = Parameters,
  flags extends Parameters = Parameters,
  result extends Result = Result,
> = {
  /** One or two words: `stake`, `keys create`. */
  name: string;
  group: CommandGroup;
  summary: string;
  /** Sentences below the summary. */
  about?: string;
  /** Parts of the option table that the command knows, besides "all". */
  scopes: readonly Scope[];
  args: args;
  flags: flags;
  examples: readonly string[];
  /** Runs until it is stopped: signals are its own affair, and its output is one line per event. */
  runsOn: boolean;
  run(context: Context, given: ValuesOf<args> & ValuesOf<flags>): Promise<result>;
  /** The result for people; `--json` prints the result itself. */
  render(result: result): string;
};

type Defaulted = "scopes" | "args" | "flags" | "examples" | "runsOn";

type Definition<args extends Parameters, flags extends Parameters, result extends Result> = Omit<
  Command<args, flags, result>,
  Defaulted
> &
  Partial<Pick<Command<args, flags, result>, Defaulted>>;

/** Types `run` and `render` by the parameters and the result. */
export function defineCommand<
  result extends Result,
  // biome-ignore lint/complexity/noBannedTypes: no parameters at all
  const args extends Parameters = {},
  // biome-ignore lint/complexity/noBannedTypes: no parameters at all
  const flags extends Parameters = {},
>(definition: Definition<args, flags, result>): Command {
  const defaults = { scopes: [], args: {}, flags: {}, examples: [], runsOn: false };
  return { ...defaults, ...definition } as unknown as Command;
}

type Extras = { placeholder?: string };

/** A parameter that has to be given. */
export function required<T>(
  schema: z.ZodType<T>,
  help: string,
  { placeholder = "value" }: Extras = {},
): Parameter<T> {
  return { schema, help, placeholder, required: true, repeats: false, fallback: undefined };
}

/** A parameter that may be left out. */
export function optional<T>(
  schema: z.ZodType<T>,
  help: string,
  { placeholder = "value" }: Extras = {},
): Parameter<T | undefined> {
  return { schema, help, placeholder, required: false, repeats: false, fallback: undefined };
}

/** A parameter with a value of its own. */
export function defaulted<T>(
  schema: z.ZodType<T>,
  fallback: NoInfer<T>,
  help: string,
  { placeholder = "value" }: Extras = {},
): Parameter<T> {
  return { schema, help, placeholder, required: false, repeats: false, fallback };
}

/** Any number of values. */
export function repeated<T>(
  schema: z.ZodType<T>,
  help: string,
  { placeholder = "value" }: Extras = {},
): Parameter<readonly T[]> {
  return { schema: schema.array(), help, placeholder, required: false, repeats: true, fallback: [] };
}

/** A flag without a value: given or not. */
export function toggle(help: string): Parameter<boolean> {
  return { schema: z.boolean(), help, required: false, repeats: false, fallback: false };
}
