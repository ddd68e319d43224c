// Key files in the Web3 Secret Storage format, one folder per role, readable by their owner only.
import { scrypt as nativeScrypt } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptKeystoreJson, scrypt, Wallet } from "ethers";
import { type Address, getAddress, type Hex, isAddress, isHex } from "viem";
import { type LocalAccount, privateKeyToAccount } from "viem/accounts";
import { createDeferred } from "../deferred.ts";
import { KeyError } from "../errors.ts";
import { assertPrivate } from "./secretFile.ts";

/**
 * owner: holds the stake and takes it out; cold. operator: claims, commits, binds and reveals; on the worker's machine.
 * defender: binds and reveals; on a machine elsewhere. challenger: holds bonds and disputes; on the watchtower's machine.
 * requester: pays for requests; where they are made.
 */
export const keyRoles = ["owner", "operator", "defender", "challenger", "requester"] as const;

export type KeyRole = (typeof keyRoles)[number];

/** Who signs. A remote signer is the same thing with an account made by viem's `toAccount`. */
export type Signer = { role: KeyRole; address: Address; account: LocalAccount };

export type KeyEntry = { role: KeyRole; name: string; address: Address; path: string };

export type KeystoreOptions = {
  folder: string;
  /** log2 of scrypt's N for new files. */
  cost?: number;
};

type Named = { role: KeyRole; name: string };
type Locked = Named & { password: string };

export type Keystore = {
  create(key: Locked): Promise<KeyEntry>;
  import(key: Locked & { privateKey: string }): Promise<KeyEntry>;
  list(): KeyEntry[];
  /** The encrypted file's text, as other wallets read it. */
  export(key: Named): string;
  /** The key itself, for migration to a wallet that cannot read the file. */
  reveal(key: Locked): Promise<Hex>;
  unlock(key: Locked): Promise<Signer>;
  has(key: Named): boolean;
};

const defaultCost = 17;
const minimumPasswordLength = 8;
const namePattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export function createKeystore({ folder, cost = defaultCost }: KeystoreOptions): Keystore {
  const pathOf = ({ role, name }: Named) => {
    if (!namePattern.test(name))
      throw new KeyError("A key's name has small letters, digits, - and _ only.", { facts: { name } });
    return join(folder, role, `${name}.json`);
  };

  async function write(key: Locked, { privateKey }: { privateKey: string }): Promise<KeyEntry> {
    const path = pathOf(key);
    const { address } = new Wallet(privateKey);
    if (key.password.length < minimumPasswordLength)
      throw new KeyError("The password is too short.", { facts: { minimum: minimumPasswordLength } });
    refuseSharedKey(address);
    useNativeScrypt();
    const json = await encryptKeystoreJson({ address, privateKey }, key.password, {
      scrypt: { N: 2 ** cost, r: 8, p: 1 },
    });
    mkdirSync(join(folder, key.role), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(path, `${json}\n`, { mode: 0o600, flag: "wx" });
    } catch (cause) {
      throw new KeyError("The key file cannot be written; an existing one is never replaced.", {
        facts: { file: path },
        cause,
      });
    }
    chmodSync(path, 0o600);
    return entry(key, path);
  }

  // One key in two roles would undo their separation: whoever steals the hot one has the cold one.
  function refuseSharedKey(address: string): void {
    const twin = list().find((other) => other.address === getAddress(address));
    if (!twin) return;
    const { role, name, path } = twin;
    throw new KeyError("This key is in the keystore already.", { facts: { role, name, file: path } });
  }

  async function decrypt(key: Locked): Promise<{ privateKey: Hex; address: Address }> {
    const path = pathOf(key);
    assertPrivate(path);
    useNativeScrypt();
    try {
      const wallet = await Wallet.fromEncryptedJson(readFileSync(path, "utf8"), key.password);
      return { privateKey: wallet.privateKey as Hex, address: getAddress(wallet.address) };
    } catch {
      // The cause is left out: it may quote the file.
      throw new KeyError("The key file does not open with this password.", { facts: { file: path } });
    }
  }

  function list(): KeyEntry[] {
    return keyRoles.flatMap((role) => {
      const roleFolder = join(folder, role);
      if (!existsSync(roleFolder)) return [];
      return readdirSync(roleFolder)
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => entry({ role, name: file.slice(0, -".json".length) }, join(roleFolder, file)));
    });
  }

  return {
    list,
    create: (key) => write(key, Wallet.createRandom()),
    import: ({ privateKey, ...key }) => write(key, parsePrivateKey(privateKey)),
    export: (key) => {
      assertPrivate(pathOf(key));
      return readFileSync(pathOf(key), "utf8");
    },
    reveal: async (key) => (await decrypt(key)).privateKey,
    unlock: async (key) => createSigner(key.role, (await decrypt(key)).privateKey),
    has: (key) => existsSync(pathOf(key)),
  };
}

/** A signer from a bare private key: for local networks and tests. */
export function createSigner(role: KeyRole, privateKey: Hex): Signer {
  const account = privateKeyToAccount(privateKey);
  return { role, address: account.address, account };
}

function parsePrivateKey(given: string): { privateKey: string } {
  const trimmed = given.trim();
  const privateKey = trimmed.startsWith("0x") ? trimmed : `0x${trimmed}`;
  try {
    if (isHex(privateKey) && privateKey.length === 66) return new Wallet(privateKey);
  } catch {
    // falls through: out of the curve's range
  }
  throw new KeyError("This is not a private key: 32 bytes in hex are expected.");
}

function entry({ role, name }: Named, path: string): KeyEntry {
  let address: unknown;
  try {
    address = `0x${String((JSON.parse(readFileSync(path, "utf8")) as { address?: unknown }).address).replace(/^0x/, "")}`;
  } catch {
    address = undefined;
  }
  if (typeof address !== "string" || !isAddress(address, { strict: false }))
    throw new KeyError("This is not a key file.", { facts: { file: path } });
  return { role, name, path, address: getAddress(address) };
}

// ethers' own scrypt runs in JavaScript on the main thread and would stop the node's clocks for seconds.
function useNativeScrypt(): void {
  scrypt.register((password, salt, N, r, p, length) => {
    const { promise, resolve, reject } = createDeferred<Uint8Array>();
    const options = { N, r, p, maxmem: 256 * N * r };
    nativeScrypt(password, salt, length, options, (error, key) =>
      error ? reject(error) : resolve(new Uint8Array(key)),
    );
    return promise;
  });
}
