// Finds a program by its id or its folder: on this machine, at the configured sources, or where its publisher put it.
import { join } from "node:path";
import { getProgram } from "@assay/sdk";
import { programRegistryAbi } from "@assay/sdk/abi";
import { type Hex, isHex } from "viem";
import type { ProgramFiles } from "../programFiles.ts";
import { localChainId } from "../programPlaces.ts";
import { createPrograms, type Programs, ProgramUnavailableError } from "../programs.ts";
import { createBlobStore } from "../store/blobs.ts";
import { createProgramStore } from "../store/programStore.ts";
import type { ChainAccess } from "./chain.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./failure.ts";
import { readEvents } from "./logs.ts";
import { readProgramFolder } from "./programFolder.ts";

const isId = (source: string): source is Hex => isHex(source) && source.length === 66;

/** The id of what was named: an id, or a folder with the program's files. */
export function resolveProgramId(source: string | undefined): Hex {
  if (source === undefined)
    throw new UsageError("--program is needed.", {
      hint: "Name a program id, or the folder that `assay compile` wrote",
    });
  return isId(source) ? (source.toLowerCase() as Hex) : readProgramFolder(source).programId;
}

/** The programs of the data folder, beside a node that may run on it; with a chain also those that can be fetched. */
export function openPrograms(context: Context, chain?: ChainAccess): Programs {
  const { config, logger, signal } = context;
  return createPrograms({
    store: createProgramStore(config.dataDir, createBlobStore(join(config.dataDir, "blobs"))),
    ...(chain && {
      registered: (programId) => getProgram(chain.client, { deployment: chain.deployment, programId }),
      uriOf: (programId) => publishedUri(context, chain, programId),
    }),
    sources: config.blobSources,
    maxBytes: config.maxBlobBytes,
    // A node that runs on the same folder makes room; it knows what it serves.
    keepBytes: Number.POSITIVE_INFINITY,
    allowsPrivate: chain?.deployment.chainId === localChainId,
    capacity: config.sessions,
    signal,
    logger,
  });
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
  return isId(source)
    ? openPrograms(context, chain).files(source.toLowerCase() as Hex)
    : readProgramFolder(source);
}

/** The program, or undefined when it cannot be had: an answer can be shown without its manifest. */
export async function findDescribed(
  context: Context,
  chain: ChainAccess,
  source: string,
): Promise<ProgramFiles | undefined> {
  try {
    return await findProgram(context, chain, source);
  } catch (error) {
    if (!(error instanceof ProgramUnavailableError)) throw error;
    context.note("The program's manifest was not found: the output is shown as bytes.");
    return undefined;
  }
}

async function publishedUri(
  { config, signal }: Context,
  chain: ChainAccess,
  programId: Hex,
): Promise<string | undefined> {
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
  return registered?.args.uri;
}
