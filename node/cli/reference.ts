// The reference parts of docs/operate.md, written from the commands and the option table themselves.
import { environmentName, flagName, type OptionName, options, type Scope } from "../config.ts";
import type { Command } from "./command.ts";
import { fallbackText, flagWord } from "./program.ts";

/** What each scope is called on the page. */
const scopes: Readonly<Record<Scope, string>> = {
  all: "Every command",
  chain: "Commands that read or write the chain",
  follow: "Nodes that follow the chain",
  send: "Fees of transactions",
  queue: "Nodes that send transactions",
  keys: "Keys",
  http: "HTTP server of a node",
  programs: "Programs and their execution",
  inputs: "Inputs that are kept off the chain",
  worker: "`assay worker`",
  defender: "`assay defender`",
  coverage: "What `assay watchtower` and `assay monitor` check",
  watchtower: "`assay watchtower`",
  monitor: "`assay monitor`",
  keeper: "`assay keeper`",
};

/** The page with its generated parts written anew. */
export function withReference(page: string, commands: readonly Command[]): string {
  return replaced(replaced(page, "commands", commandsReference(commands)), "settings", settingsReference());
}

function replaced(page: string, part: string, text: string): string {
  const [begin, end] = [`<!-- generated: ${part} -->`, `<!-- end: ${part} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The page has no place for the ${part}: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}

function commandsReference(commands: readonly Command[]): string {
  const groups = [...new Set(commands.map(({ group }) => group))];
  return groups
    .map((group) => {
      const rows = commands.filter((command) => command.group === group).map(commandRow);
      return [`### ${group}`, "", "| Command | What it does | Flags |", "| --- | --- | --- |", ...rows].join(
        "\n",
      );
    })
    .join("\n\n");
}

function commandRow({ name, summary, args, flags }: Command): string {
  const words = Object.entries(args).map(([argument, { required }]) =>
    required ? `<${argument}>` : `[${argument}]`,
  );
  const names = Object.entries(flags).map(
    ([flag, { required }]) => `\`${flagWord(flag)}\`${required ? " (needed)" : ""}`,
  );
  return `| \`${["assay", name, ...words].join(" ")}\` | ${cell(summary)} | ${names.join(" ")} |`;
}

function settingsReference(): string {
  const entries = Object.keys(options) as OptionName[];
  const known = Object.keys(scopes) as Scope[];
  return known
    .map((scope) => {
      const rows = entries.filter((name) => options[name].scope === scope).map(settingRow);
      const head = [
        "| Flag | Variable | Key in assay.yaml | Default | What it is |",
        "| --- | --- | --- | --- | --- |",
      ];
      return [`### ${scopes[scope]}`, "", ...head, ...rows].join("\n");
    })
    .join("\n\n");
}

function settingRow(name: OptionName): string {
  const option = options[name];
  const isSecret = "secret" in option && option.secret === "value";
  const unit = "unit" in option ? ` ${option.unit}` : "";
  const fallback = fallbackText(option);
  const variable = environmentName(name);
  const columns = [
    `\`${flagName(name)}\``,
    isSecret ? `\`${variable}_FILE\` or \`${variable}\`` : `\`${variable}\``,
    `\`${option.key}${isSecret ? "File" : ""}\``,
    fallback === undefined || fallback === "" ? "" : `\`${fallback}\`${unit}`,
    cell(option.help),
  ];
  return `| ${columns.join(" | ")} |`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
