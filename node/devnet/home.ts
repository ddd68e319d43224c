// The folder of a local network: addresses, keys that everybody knows, and settings, so that every command works from there.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@assay/sdk";
import type { Address, Hex } from "viem";
import { stringify } from "yaml";
import { FatalError } from "../errors.ts";
import { createKeystore, type KeyRole, keyRoles } from "../keys/keystore.ts";
import { devnetAccounts } from "./accounts.ts";

export type DevnetKey = { role: KeyRole; address: Address; privateKey: Hex; file: string };

export type DevnetHome = {
  folder: string;
  settingsFile: string;
  deploymentFile: string;
  passwordFile: string;
  keys: DevnetKey[];
  /** Data folder of a node that runs inside the network. */
  dataDir(name: string): string;
};

/** Says that the folder belongs to local networks, and may be emptied. */
const marker = "devnet.json";
const password = "devnet-password";
/** Opening a key that everybody knows need not be slow. */
const keyCost = 10;

/** Empties the folder of an earlier network, or makes a new one. Any other folder is refused. */
export async function createDevnetHome(folder: string): Promise<DevnetHome> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, marker)))
      throw new FatalError("The folder is not one of a local network.", {
        facts: { folder },
        hint: "Name an empty folder or a new one with --folder",
      });
    const { pid } = JSON.parse(readFileSync(join(folder, marker), "utf8")) as { pid: number };
    if (isAlive(pid))
      throw new FatalError("A local network runs in this folder.", {
        facts: { folder, pid },
        hint: "Stop it first, or name another folder with --folder",
      });
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, marker), `${JSON.stringify({ pid: process.pid })}\n`);
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  chmodSync(passwordFile, 0o600);
  return {
    folder,
    settingsFile: join(folder, "assay.yaml"),
    deploymentFile: join(folder, "deployment.json"),
    passwordFile,
    keys: await writeKeys(join(folder, "keys")),
    dataDir: (name) => join(folder, name),
  };
}

async function writeKeys(folder: string): Promise<DevnetKey[]> {
  const keystore = createKeystore({ folder, cost: keyCost });
  const accounts = devnetAccounts();
  return Promise.all(
    keyRoles.map(async (role) => {
      const { privateKey } = accounts[role];
      const { address, path } = await keystore.import({ role, name: role, privateKey, password });
      return { role, address, privateKey, file: path };
    }),
  );
}

export type Described = {
  deployment: Deployment;
  rpcUrl: string;
  /** Where the network's worker offers program files. */
  workerUrl: string | undefined;
};

/** Writes what other commands need to find the network. */
export function describeNetwork(home: DevnetHome, { deployment, rpcUrl, workerUrl }: Described): void {
  const json = { ...deployment, startBlock: Number(deployment.startBlock) };
  writeFileSync(home.deploymentFile, `${JSON.stringify(json, null, 2)}\n`);
  const settings = {
    dataDir: home.dataDir("data"),
    chain: {
      rpcUrls: [rpcUrl],
      id: deployment.chainId,
      deployment: home.deploymentFile,
      pollSeconds: 0.5,
      maxHeadAgeSeconds: 0,
    },
    fees: { resubmitSeconds: 10, finalBlocks: 2 },
    keys: { folder: join(home.folder, "keys"), passwordFile: home.passwordFile, cost: keyCost },
    http: { port: 0 },
    ...(workerUrl !== undefined && { programs: { sources: [workerUrl] } }),
  };
  const head =
    "# Settings of a local network, written by `assay devnet`: every command that is run in this folder uses them.\n";
  writeFileSync(home.settingsFile, head + stringify(settings), { mode: 0o600 });
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
