// Finds and unlocks the keys that a command signs with.
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Address } from "viem";
import { z } from "zod";
import type { Config } from "../config.ts";
import { ConfigError, KeyError } from "../errors.ts";
import { createKeystore, type KeyRole, type Keystore, keyRoles, type Signer } from "../keys/keystore.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./failure.ts";

export type KeyName = { role: KeyRole; name: string };

/** `owner`, or `owner/second` for another key of the role. */
export const keyName = z.string().transform((typed, context): KeyName => {
  const [role = "", name = role, ...rest] = typed.split("/");
  const known = keyRoles.find((candidate) => candidate === role);
  if (known !== undefined && name !== "" && rest.length === 0) return { role: known, name };
  context.addIssue(`expected a role, ${keyRoles.join(", ")}, or role/name; got "${typed}"`);
  return z.NEVER;
});

export function keystoreFolder(config: Config): string {
  return config.keystoreDir ?? join(config.dataDir, "keys");
}

export function openKeystore({ config }: Pick<Context, "config">): Keystore {
  return createKeystore({ folder: keystoreFolder(config), cost: config.keyCost });
}

/** The key that the settings name for a role. */
export function configuredKey(config: Config, role: KeyRole): KeyName {
  const { ownerKey: owner, operatorKey: operator, defenderKey: defender } = config;
  const { challengerKey: challenger, requesterKey: requester } = config;
  return { role, name: { owner, operator, defender, challenger, requester }[role] };
}

/** Where a key's address stands in the keystore, without a password; undefined when there is no such key. */
export function addressOfKey(context: Pick<Context, "config">, { role, name }: KeyName): Address | undefined {
  return openKeystore(context)
    .list()
    .find((entry) => entry.role === role && entry.name === name)?.address;
}

/** The account that owns the stake: set, or the owner key's. */
export function accountOf(context: Pick<Context, "config">): Address {
  const { config } = context;
  const address = config.account ?? addressOfKey(context, configuredKey(config, "owner"));
  if (address !== undefined) return address;
  throw new ConfigError("--account is needed: there is no owner key to take it from", {
    facts: { folder: keystoreFolder(config) },
    hint: "Name the account, or create the key with `assay keys create owner`",
  });
}

/** Unlocks a key; asks for its password at a terminal when no setting holds it. */
export async function unlockKey(context: Context, key: KeyName): Promise<Signer> {
  const keystore = openKeystore(context);
  if (!keystore.has(key))
    throw new KeyError("There is no such key.", {
      facts: { role: key.role, name: key.name, folder: keystoreFolder(context.config) },
      hint: `Create it with \`assay keys create ${key.role}${key.name === key.role ? "" : ` --name ${key.name}`}\``,
    });
  return keystore.unlock({ ...key, password: await passwordOf(context) });
}

/** The password of the key files. */
export async function passwordOf(context: Context, { isNew = false } = {}): Promise<string> {
  const { config, io } = context;
  if (config.password !== undefined) return config.password;
  if (io.stdin.isTTY !== true)
    throw new ConfigError("--password-file is needed", {
      facts: { environment: "ASSAY_PASSWORD_FILE", file: "keys.passwordFile" },
      hint: "Put the password in a file of mode 0600 and name it; at a terminal you are asked instead",
    });
  const password = await askSecret(context, "Password of the key files: ");
  if (isNew && (await askSecret(context, "Once more: ")) !== password)
    throw new UsageError("The two passwords differ.");
  return password;
}

/** Reads a line from the terminal without showing it, or from standard input. */
export async function askSecret(
  { io, signal }: Pick<Context, "io" | "signal">,
  question: string,
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: io.stdin, output: silent, terminal: io.stdin.isTTY === true });
  if (io.stdin.isTTY === true) io.stderr.write(question);
  try {
    return await new Promise((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => reject(new UsageError("Standard input ended before a line was read.")));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  } finally {
    lines.close();
    if (io.stdin.isTTY === true) io.stderr.write("\n");
  }
}
