// The programs of a local network: digits, which comes with this package, or what the user compiled.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { assayActions, type Deployment } from "@assay/sdk";
import { createWalletClient, http, publicActions } from "viem";
import { readProgramFolder } from "../cli/programFolder.ts";
import type { ProgramFiles } from "../programFiles.ts";
import { devnetAccounts } from "./accounts.ts";

/** Handwritten digits, compiled by scripts/compileDigits.ts. */
export const digitsFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("@assay/node/package.json")), "devnet", "digits");

export function readPrograms(folders: readonly string[]): ProgramFiles[] {
  return (folders.length > 0 ? folders : [digitsFolder()]).map(readProgramFolder);
}

/** Registers the programs in the owner's name. */
export async function registerPrograms(
  rpcUrl: string,
  deployment: Deployment,
  programs: readonly ProgramFiles[],
): Promise<void> {
  const client = createWalletClient({
    account: devnetAccounts().owner.account,
    transport: http(rpcUrl),
    pollingInterval: 50,
  })
    .extend(publicActions)
    .extend(assayActions({ deployment }));
  for (const { committed, manifestHash } of programs)
    await client.registerProgram({ ...committed, manifestHash });
}
