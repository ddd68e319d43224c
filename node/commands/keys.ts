// assay keys: creates, imports, lists and exports the keys of a node, and grants them their roles.
import type { Hex } from "viem";
import { defineCommand, optional, required, toggle } from "../cli/command.ts";
import { askSecret, keystoreFolder, openKeystore, passwordOf } from "../cli/keys.ts";
import { facts, table } from "../cli/layout.ts";
import { oneOf, text } from "../cli/values.ts";
import { type KeyEntry, keyRoles } from "../keys/keystore.ts";

const role = required(oneOf(...keyRoles), `Role of the key: ${keyRoles.join(", ")}`);
const name = optional(text, "Name of the key; the role's own name if not given");

const describeKey = ({ role, name, address, path }: KeyEntry): string =>
  facts([
    ["role", role],
    ["name", name],
    ["address", address],
    ["file", path],
  ]);

export const keysCreateCommand = defineCommand({
  name: "keys create",
  group: "Keys and settings",
  summary: "Create a key and encrypt it into the keystore",
  scopes: ["keys"],
  args: { role },
  flags: { name },
  examples: ["assay keys create operator --password-file password.txt"],
  run: async (context, { role, name = role }): Promise<KeyEntry> =>
    openKeystore(context).create({ role, name, password: await passwordOf(context, { isNew: true }) }),
  render: describeKey,
});

export const keysImportCommand = defineCommand({
  name: "keys import",
  group: "Keys and settings",
  summary: "Encrypt a private key that you have into the keystore",
  about:
    "The private key is read from standard input, never from the command line, where others could see it.",
  scopes: ["keys"],
  args: { role },
  flags: { name },
  examples: ["assay keys import owner --password-file password.txt < owner.hex"],
  run: async (context, { role, name = role }): Promise<KeyEntry> => {
    const privateKey = await askSecret(context, "Private key, 32 bytes in hex: ");
    return openKeystore(context).import({
      role,
      name,
      privateKey,
      password: await passwordOf(context, { isNew: true }),
    });
  },
  render: describeKey,
});

export const keysListCommand = defineCommand({
  name: "keys list",
  group: "Keys and settings",
  summary: "List the keys of the keystore, without their passwords",
  scopes: ["keys"],
  run: async (context): Promise<{ folder: string; keys: KeyEntry[] }> => ({
    folder: keystoreFolder(context.config),
    keys: openKeystore(context).list(),
  }),
  render: ({ folder, keys }) =>
    table(
      ["role", "name", "address", "file"],
      keys.map((key) => [key.role, key.name, key.address, key.path]),
      `No keys in ${folder}: create one with \`assay keys create owner\`.`,
    ),
});

type ExportedKey = { role: string; name: string; keystore: unknown; privateKey?: Hex };

export const keysExportCommand = defineCommand({
  name: "keys export",
  group: "Keys and settings",
  summary: "Print a key file, for another wallet",
  about:
    "The file stays encrypted. With --reveal the private key itself is printed: whoever sees it has the key.",
  scopes: ["keys"],
  args: { role },
  flags: { name, reveal: toggle("Print the private key itself") },
  run: async (context, { role, name = role, reveal }): Promise<ExportedKey> => {
    const keystore = openKeystore(context);
    const exported = { role, name, keystore: JSON.parse(keystore.export({ role, name })) as unknown };
    if (!reveal) return exported;
    return {
      ...exported,
      privateKey: await keystore.reveal({ role, name, password: await passwordOf(context) }),
    };
  },
  render: ({ keystore, privateKey }) => privateKey ?? JSON.stringify(keystore, null, 2),
});
