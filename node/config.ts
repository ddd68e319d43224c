// Resolves the option table against flags, environment, file and defaults, in this order; nothing else reads either.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { ConfigError } from "./errors.ts";
import { readSecretFile } from "./keys/secretFile.ts";
import { type Config, type Option, type OptionName, options, type Scope } from "./options.ts";
import { closest } from "./suggest.ts";

export { type Config, type Option, type OptionName, options, type Scope } from "./options.ts";

export type ConfigSource = "flag" | "environment" | "file" | "default";

export type ResolvedConfig = {
  config: Config;
  sources: Record<OptionName, ConfigSource>;
  /** The file that was read, if any. */
  file: string | undefined;
};

export type ConfigInput = {
  /** Values of flags by option name; `undefined` counts as not given. Secrets come as `<name>File`, a path. */
  flags?: Readonly<Record<string, unknown>>;
  environment?: Readonly<Record<string, string | undefined>>;
  /** Folder in which `assay.yaml` is looked for when no file is named. */
  folder?: string;
};

const entries = Object.entries(options) as [OptionName, Option<unknown>][];
const defaultFile = "assay.yaml";

/** Variables with this prefix belong to the tests of this project. */
const foreignPrefix = "ASSAY_TEST_";

/** `dataDir` → `ASSAY_DATA_DIR`. */
export function environmentName(name: string): string {
  return `ASSAY_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** `dataDir` → `--data-dir`; secrets are never flags, only the files that hold them. */
export function flagName(name: string): string {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return options[name as OptionName]?.secret === "value" ? `${flag}-file` : flag;
}

export type DescribedOption = {
  name: OptionName;
  flag: string;
  environment: string;
  option: Option<unknown>;
};

/** The options of a command that uses the given parts of the node, in the order of the table. */
export function optionsOf(...scopes: Scope[]): DescribedOption[] {
  return entries
    .filter(([, { scope }]) => scope === "all" || scopes.includes(scope))
    .map(([name, option]) => ({ name, flag: flagName(name), environment: environmentName(name), option }));
}

/**
 * Resolves every option.
 *
 * @throws ConfigError naming the option, where its value came from, and what is expected.
 */
export function loadConfig({
  flags = {},
  environment = process.env,
  folder = process.cwd(),
}: ConfigInput = {}): ResolvedConfig {
  refuseUnknownVariables(environment);
  const named = flags.config ?? environment[environmentName("config")];
  const file = findFile(named, folder);
  const values = file === undefined ? new Map<string, unknown>() : readFile(file);

  const config: Record<string, unknown> = {};
  const sources = {} as Record<OptionName, ConfigSource>;
  for (const [name, option] of entries) {
    const given = find(name, option, flags, environment, values);
    sources[name] = given?.source ?? "default";
    config[name] = given === undefined ? option.default : parse(name, option, given);
  }
  return { config: config as Config, sources, file };
}

/** The value of an option that the command at hand cannot do without. */
export function need<name extends OptionName>(config: Config, name: name): NonNullable<Config[name]> {
  const value = config[name];
  if (value !== undefined && value !== null) return value;
  throw new ConfigError(`${flagName(name)} is needed`, {
    facts: { environment: environmentName(name), file: options[name].key },
    hint: options[name].help,
  });
}

type Given = { source: ConfigSource; where: string; value: unknown };

function find(
  name: OptionName,
  option: Option<unknown>,
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  values: Map<string, unknown>,
): Given | undefined {
  const variable = environmentName(name);
  const secret = option.secret === "value";
  const candidates: (Given | undefined)[] = secret
    ? [
        fromFile("flag", flagName(name), flags[`${name}File`]),
        exclusive(variable, environment),
        fromFile("environment", `${variable}_FILE`, environment[`${variable}_FILE`]),
        fromFile("file", `${option.key}File`, values.get(`${option.key}File`)),
      ]
    : [
        plain("flag", flagName(name), flags[name]),
        plain("environment", variable, environment[variable]),
        plain("file", option.key, values.get(option.key)),
      ];
  return candidates.find((candidate) => candidate !== undefined);
}

function plain(source: ConfigSource, where: string, value: unknown): Given | undefined {
  return value === undefined || value === null || value === "" ? undefined : { source, where, value };
}

function fromFile(source: ConfigSource, where: string, path: unknown): Given | undefined {
  if (path === undefined || path === null || path === "") return undefined;
  if (typeof path !== "string") throw new ConfigError(`${where} is not a path`);
  return { source, where, value: readSecretFile(path) };
}

function exclusive(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
): Given | undefined {
  if (environment[variable] && environment[`${variable}_FILE`])
    throw new ConfigError(`${variable} and ${variable}_FILE are both set`, { hint: "Keep one of them" });
  return plain("environment", variable, environment[variable]);
}

function parse(name: OptionName, option: Option<unknown>, given: Given): unknown {
  const result = option.schema.safeParse(given.value);
  if (result.success) return result.data;
  throw new ConfigError(`${given.where}: ${result.error.issues.map((issue) => issue.message).join("; ")}`, {
    facts: {
      option: name,
      ...(option.secret ? {} : { given: String(given.value) }),
      ...(option.unit && { unit: option.unit }),
    },
    hint: option.help,
  });
}

function findFile(named: unknown, folder: string): string | undefined {
  if (typeof named === "string" && named !== "") {
    if (!existsSync(named))
      throw new ConfigError("The configuration file does not exist", { facts: { file: named } });
    return named;
  }
  const path = join(folder, defaultFile);
  return existsSync(path) ? path : undefined;
}

function readFile(file: string): Map<string, unknown> {
  let content: unknown;
  try {
    content = parseYaml(readFileSync(file, "utf8"), { intAsBigInt: true });
  } catch (cause) {
    throw new ConfigError("The configuration file is not valid YAML", { facts: { file }, cause });
  }
  if (content === null || content === undefined) return new Map();
  if (typeof content !== "object" || Array.isArray(content))
    throw new ConfigError("The configuration file does not hold keys and values", { facts: { file } });

  const values = flatten(content as Record<string, unknown>);
  const known = entries.map(([, option]) => (option.secret === "value" ? `${option.key}File` : option.key));
  for (const [key, value] of values) {
    const isEmptySection = value === null && known.some((candidate) => candidate.startsWith(`${key}.`));
    if (known.includes(key) || isEmptySection) continue;
    throw new ConfigError(`Unknown key ${key}${closest(key, known)}`, { facts: { file } });
  }
  return values;
}

function flatten(
  node: Record<string, unknown>,
  prefix = "",
  into = new Map<string, unknown>(),
): Map<string, unknown> {
  for (const [key, value] of Object.entries(node)) {
    const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isSection) flatten(value as Record<string, unknown>, `${prefix}${key}.`, into);
    else into.set(`${prefix}${key}`, value);
  }
  return into;
}

function refuseUnknownVariables(environment: Readonly<Record<string, string | undefined>>): void {
  const known = entries.flatMap(([name, option]) => {
    const variable = environmentName(name);
    return option.secret === "value" ? [variable, `${variable}_FILE`] : [variable];
  });
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith("ASSAY_") || variable.startsWith(foreignPrefix) || known.includes(variable))
      continue;
    throw new ConfigError(`Unknown environment variable ${variable}${closest(variable, known)}`);
  }
}

/** One line of `config show`. */
export type ShownOption = {
  name: OptionName;
  key: string;
  value: unknown;
  source: ConfigSource;
  unit: string | undefined;
};

/** Every option with where it came from; with `redact`, secrets and the private parts of URLs are masked. */
export function showConfig(
  { config, sources }: ResolvedConfig,
  { redact }: { redact: boolean },
): ShownOption[] {
  return entries.map(([name, option]) => {
    const value = config[name];
    const shown = redact && option.secret && value !== undefined ? mask(option.secret, value) : value;
    return { name, key: option.key, value: shown, source: sources[name], unit: option.unit };
  });
}

function mask(secret: NonNullable<Option<unknown>["secret"]>, value: unknown): unknown {
  if (secret === "value") return "***";
  return Array.isArray(value) ? value.map((url) => redactUrl(String(url))) : redactUrl(String(value));
}

/** Keeps scheme and host of a URL: paths, queries and user names of RPC endpoints hold access keys. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return "***";
  const { protocol, host, pathname, search, username } = new URL(url);
  return `${protocol}//${host}${pathname.length > 1 || search || username ? "/***" : ""}`;
}
