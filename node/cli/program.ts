// Turns the list of commands into a commander program: words, flags, help, and what each runs.
import { Argument, Command as Commander, Option } from "commander";
import { formatGwei } from "viem";
import { type DescribedOption, optionsOf } from "../config.ts";
import type { Command, Parameter } from "./command.ts";

/** What was typed: a command, its raw arguments and flags. Nothing is validated yet. */
export type Invocation = {
  command: Command;
  args: Readonly<Record<string, unknown>>;
  flags: Readonly<Record<string, unknown>>;
};

export type ProgramOptions = {
  commands: readonly Command[];
  version: string;
  stdout: (text: string) => void;
  invoke(invocation: Invocation): Promise<void>;
};

const settings = "Settings (also in assay.yaml and as ASSAY_… variables)";

export const groupSummaries: Readonly<Record<string, string>> = {
  channel: "Open, fill, back and close channels, on which answers with receipts are paid",
  config: "Show how the settings resolve",
  disputes: "Look at disputes, and move in them by hand",
  keys: "Create, import, list and export keys, and give them roles",
  programs: "List, show and fetch registered programs",
  receipt: "Check receipts, and hold workers to them",
  rewards: "Show and claim what the protocol owes an account",
};

export function createProgram({ commands, version, stdout, invoke }: ProgramOptions): Commander {
  const program = new Commander("assay")
    .description("Provable AI inference: run a node, publish programs, buy and check answers.")
    .version(version, "--version", "Print the version")
    .helpOption("-h, --help", "Print help")
    .option(
      "--json",
      "Print one JSON object on stdout, one a line for commands that run on; logs go to stderr",
    )
    .option("--debug", "Log everything, and print where errors come from")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ writeOut: stdout, writeErr: () => {}, outputError: () => {} })
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 done; 1 refused or failed; 2 wrong command line or setting; 75 try again later.",
    );
  program.helpCommand("help [command]", "Print help for a command");
  for (const described of optionsOf()) program.addOption(settingOption(described));

  const parents = new Map<string, Commander>();
  for (const command of commands) addCommand(program, parents, command, invoke);
  return program;
}

function addCommand(
  program: Commander,
  parents: Map<string, Commander>,
  command: Command,
  invoke: ProgramOptions["invoke"],
): void {
  const words = command.name.split(" ");
  const word = words.at(-1)!;
  const parent = words.length === 1 ? program : parentOf(program, parents, words[0]!, command.group);
  const built = parent.command(word).summary(command.summary).helpGroup(`${command.group}:`);
  built.description(
    command.about === undefined ? `${command.summary}.` : `${command.summary}. ${command.about}`,
  );
  for (const [name, parameter] of Object.entries(command.args))
    built.addArgument(argumentOf(name, parameter));
  for (const [name, parameter] of Object.entries(command.flags)) built.addOption(flagOf(name, parameter));
  for (const described of optionsOf(...command.scopes).slice(optionsOf().length))
    built.addOption(settingOption(described));
  if (command.examples.length > 0)
    built.addHelpText("after", `\nExamples:\n${command.examples.map((line) => `  ${line}`).join("\n")}`);
  built.action(async () => {
    const names = Object.keys(command.args);
    const args = Object.fromEntries(names.map((name, index) => [name, built.processedArgs[index]]));
    await invoke({ command, args, flags: built.optsWithGlobals() });
  });
}

function parentOf(
  program: Commander,
  parents: Map<string, Commander>,
  word: string,
  group: string,
): Commander {
  const known = parents.get(word);
  if (known !== undefined) return known;
  const created = program
    .command(word)
    .description(groupSummaries[word] ?? word)
    .helpGroup(`${group}:`);
  parents.set(word, created);
  return created;
}

function argumentOf(name: string, { help, required, repeats }: Parameter<unknown>): Argument {
  const inner = `${name}${repeats ? "..." : ""}`;
  return new Argument(required ? `<${inner}>` : `[${inner}]`, help);
}

/** `maxFee` → `--max-fee`. */
export const flagWord = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function flagOf(name: string, parameter: Parameter<unknown>): Option {
  const { help, placeholder, required, repeats, fallback } = parameter;
  const value = placeholder === undefined ? "" : ` <${placeholder}${repeats ? "..." : ""}>`;
  const note = required
    ? " (needed)"
    : fallback === undefined || repeats
      ? ""
      : ` (default: ${String(fallback)})`;
  return new Option(`${flagWord(name)}${value}`, `${help}${note}`);
}

function settingOption({ flag, option }: DescribedOption): Option {
  const fallback = fallbackText(option);
  const unit = option.unit === undefined ? "" : `, ${option.unit}`;
  const note = fallback === undefined || fallback === "" ? unit.slice(2) : `default: ${fallback}${unit}`;
  return new Option(`${flag} <value>`, `${option.help}${note === "" ? "" : ` (${note})`}`).helpGroup(
    `${settings}:`,
  );
}

/** The default of a setting as one would type it. */
export function fallbackText({ default: fallback, unit }: DescribedOption["option"]): string | undefined {
  if (fallback === undefined) return undefined;
  if (Array.isArray(fallback)) return fallback.join(",");
  return unit === "gwei" ? formatGwei(fallback as bigint) : String(fallback);
}
