// assay init: a settings file, a data folder and keys, so that a node can be funded and started.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Address } from "viem";
import { stringify } from "yaml";
import { defineCommand, optional, repeated } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { configuredKey, keystoreFolder, openKeystore } from "../cli/keys.ts";
import { table } from "../cli/layout.ts";
import { oneOf, text } from "../cli/values.ts";
import { type Config, type OptionName, options } from "../config.ts";
import { FatalError } from "../errors.ts";
import { type KeyRole, keyRoles } from "../keys/keystore.ts";

type InitializedKey = { role: KeyRole; name: string; address: Address; created: boolean };

type Initialized = {
  file: string;
  dataDir: string;
  passwordFile: string | null;
  keys: InitializedKey[];
  next: string[];
};

/** Settings that the file names even when nobody gave them, because every operator looks for them. */
const written: readonly OptionName[] = ["rpcUrls", "chainId", "deployment", "account"];

export const initCommand = defineCommand({
  name: "init",
  group: "Begin",
  summary: "Write assay.yaml, a data folder and keys, and say what to do next",
  about: "Nothing that exists is overwritten. Settings given as flags go into the file.",
  scopes: ["chain", "keys"],
  args: { folder: optional(text, "Folder to write to; the working folder if not given") },
  flags: {
    role: repeated(
      oneOf(...keyRoles),
      "Roles to create keys for; owner, operator and defender if not given",
      {
        placeholder: "role",
      },
    ),
  },
  examples: [
    "assay init --rpc-urls https://rpc.example --deployment deployment.json",
    "assay init tower --role challenger",
  ],
  run: async (context, { folder, role }): Promise<Initialized> => {
    const home = resolve(context.io.folder, folder ?? ".");
    const file = join(home, "assay.yaml");
    if (existsSync(file))
      throw new FatalError("There is a settings file already.", {
        facts: { file },
        hint: "Edit it, or name another folder: assay init FOLDER",
      });
    const { config } = placed(context, home);
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const password = config.password ?? randomBytes(24).toString("base64url");
    const passwordFile = config.password === undefined ? join(config.dataDir, "password") : null;
    if (passwordFile !== null && !existsSync(passwordFile))
      writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: "wx" });
    const keys = await createKeys(
      { config },
      role.length > 0 ? role : ["owner", "operator", "defender"],
      password,
    );
    const owner = keys.find((key) => key.role === "owner")?.address;
    writeFileSync(file, settingsText(config, owner, passwordFile), { flag: "wx", mode: 0o600 });
    return { file, dataDir: config.dataDir, passwordFile, keys, next: nextSteps(keys, config) };
  },
  render: ({ file, dataDir, passwordFile, keys, next }) =>
    [
      [
        `Wrote ${file}.`,
        `Data folder: ${dataDir}.`,
        passwordFile === null ? "" : `The keys' password is in ${passwordFile}: keep a copy elsewhere.`,
      ]
        .filter((line) => line !== "")
        .join("\n"),
      table(
        ["role", "name", "address", ""],
        keys.map((key) => [key.role, key.name, key.address, key.created ? "created" : "was there"]),
        "",
      ),
      `Next:\n${next.map((step, index) => `  ${index + 1}. ${step}`).join("\n")}`,
    ].join("\n\n"),
});

/** The settings with the data folder below `home`. */
function placed({ config }: Pick<Context, "config">, home: string): { config: Config } {
  const dataDir = resolve(home, config.dataDir);
  const deployment = config.deployment === undefined ? undefined : resolve(config.deployment);
  return { config: { ...config, dataDir, deployment } };
}

async function createKeys(
  context: { config: Config },
  roles: readonly KeyRole[],
  password: string,
): Promise<InitializedKey[]> {
  const keystore = openKeystore(context);
  const keys: InitializedKey[] = [];
  for (const role of [...new Set(roles)]) {
    const { name } = configuredKey(context.config, role);
    const known = keystore.list().find((entry) => entry.role === role && entry.name === name);
    const { address } = known ?? (await keystore.create({ role, name, password }));
    keys.push({ role, name, address, created: known === undefined });
  }
  return keys;
}

function settingsText(config: Config, owner: Address | undefined, passwordFile: string | null): string {
  const tree: Record<string, unknown> = {};
  const put = (key: string, value: unknown) => {
    if (value === undefined || value === null) return;
    const [section, leaf] = key.split(".");
    if (leaf === undefined) tree[section!] = value;
    else tree[section!] = { ...(tree[section!] as object | undefined), [leaf]: value };
  };
  put(options.dataDir.key, config.dataDir);
  for (const name of written)
    put(options[name].key, name === "account" ? (config.account ?? owner) : config[name]);
  if (config.keystoreDir !== undefined) put(options.keystoreDir.key, keystoreFolder(config));
  put(`${options.password.key}File`, passwordFile);
  const head = "# Settings of an Assay node. Every key: assay config show, or docs/operate.md.\n";
  return `${head}${stringify(tree)}`;
}

function nextSteps(keys: readonly InitializedKey[], { deployment }: Config): string[] {
  const has = (role: KeyRole) => keys.some((key) => key.role === role);
  const addresses = keys.map(({ role }) => role).join(", ");
  return [
    ...(deployment === undefined
      ? ["Name the contracts: chain.deployment in assay.yaml, unless the chain is a public one"]
      : []),
    `Send coins for gas to ${addresses}${has("owner") ? ", and tokens to owner" : ""} (devnet: assay faucet ADDRESS)`,
    ...(has("owner") ? ["assay stake 1000"] : []),
    ...(has("operator") ? ["assay keys authorize operator"] : []),
    ...(has("defender") ? ["assay keys authorize defender"] : []),
    "assay doctor",
    ...(has("operator") ? ["assay worker"] : []),
    ...(has("challenger") ? ["assay watchtower"] : []),
  ];
}
