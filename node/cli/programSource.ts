// Finds a program's two files: in a folder, in the data folder, at the configured sources, or where its publisher put them.
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programRegistryAbi } from "@assay/sdk/abi";
import type { Manifest } from "@assay/sdk/program";
import { type Hex, isHex } from "viem";
import { second } from "../clock.ts";
import { redactUrl } from "../config.ts";
import { IntegrityError, RetryableError } from "../errors.ts";
import type { ChainAccess } from "./chain.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./failure.ts";
import { readEvents } from "./logs.ts";
import { manifestFile, type ProgramFiles, programFile, programOf, readProgramFiles } from "./programFiles.ts";

/** The program's files are nowhere to be found, for now. */
export class ProgramUnavailableError extends RetryableError {
  override name = "ProgramUnavailableError";
}

const patience = 30 * second;

const isId = (source: string): source is Hex => isHex(source) && source.length === 66;

/** The id of what was named: an id, or a folder with the program's files. */
export function resolveProgramId(source: string | undefined): Hex {
  if (source === undefined)
    throw new UsageError("--program is needed.", {
      hint: "Name a program id, or the folder that `assay compile` wrote",
    });
  return isId(source) ? (source.toLowerCase() as Hex) : readProgramFiles(source).programId;
}

/**
 * The files of a program, fetched if they are not on this machine. Whatever is fetched hashes to the id, or is refused.
 *
 * @throws ProgramUnavailableError naming the places that were tried.
 */
export async function findProgram(
  context: Context,
  chain: ChainAccess,
  source: string,
): Promise<ProgramFiles> {
  if (!isId(source)) return readProgramFiles(source);
  const programId = source.toLowerCase() as Hex;
  const kept = keptFolder(context, programId);
  if (existsSync(join(kept, manifestFile))) return readProgramFiles(kept);
  const tried: Record<string, string> = {};
  for (const place of await placesOf(context, chain, programId)) {
    try {
      return keepProgram(context, checkId(await fetchFiles(context, place), programId));
    } catch (error) {
      context.signal.throwIfAborted();
      tried[redactUrl(place)] = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    }
  }
  throw new ProgramUnavailableError("The program's files were not found.", {
    facts: { programId, tried: Object.keys(tried).length > 0 ? tried : "no place is known" },
    hint: "Name the folder that holds them, or a mirror with --blob-sources",
  });
}

/** The manifest alone, or undefined when it cannot be had: an answer can be shown without it. */
export async function findManifest(
  context: Context,
  chain: ChainAccess,
  source: string,
): Promise<Manifest | undefined> {
  try {
    return (await findProgram(context, chain, source)).manifest;
  } catch (error) {
    if (!(error instanceof ProgramUnavailableError)) throw error;
    context.note("The program's manifest was not found: the output is shown as bytes.");
    return undefined;
  }
}

/** Keeps the files in the data folder, where nodes and commands look first. */
export function keepProgram(context: Context, files: ProgramFiles): ProgramFiles {
  const folder = keptFolder(context, files.programId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, bytes: Uint8Array) => {
    const draft = join(folder, `${name}.${process.pid}`);
    writeFileSync(draft, bytes);
    renameSync(draft, join(folder, name));
  };
  write(programFile, files.programBytes);
  write(manifestFile, files.manifestBytes);
  return files;
}

export const keptFolder = ({ config }: Pick<Context, "config">, programId: Hex): string =>
  join(config.dataDir, "programs", programId);

function checkId(files: ProgramFiles, programId: Hex): ProgramFiles {
  if (files.programId === programId) return files;
  throw new IntegrityError("The files are of another program.", {
    facts: { wanted: programId, found: files.programId },
  });
}

/** URLs of folders that may hold the two files: the operator's sources first, then the publisher's own. */
async function placesOf({ config, signal }: Context, chain: ChainAccess, programId: Hex): Promise<string[]> {
  const { client, deployment } = chain;
  const [registered] = await readEvents(client, {
    address: deployment.programRegistry,
    abi: programRegistryAbi,
    eventName: "ProgramRegistered",
    args: { programId },
    fromBlock: deployment.startBlock,
    chunkBlocks: config.chunkBlocks,
    signal,
  });
  const sources = config.blobSources.map((source) => `${trimmed(source)}/programs/${programId}`);
  const uri = registered?.args.uri ?? "";
  return /^https?:\/\//.test(uri) ? [...sources, trimmed(uri)] : sources;
}

const trimmed = (url: string): string => url.replace(/\/+$/, "");

async function fetchFiles(context: Context, place: string): Promise<ProgramFiles> {
  const [program, manifest] = await Promise.all([
    fetchBytes(context, `${place}/${programFile}`),
    fetchBytes(context, `${place}/${manifestFile}`),
  ]);
  return programOf(program, manifest);
}

async function fetchBytes({ config, signal }: Context, url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
  if (!response.ok || response.body === null) throw new RetryableError(`HTTP ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > config.maxBlobBytes)
      throw new IntegrityError("The file is larger than the settings allow.", {
        facts: { limit: config.maxBlobBytes },
      });
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
