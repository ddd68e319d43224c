// The programs that this machine can get at: stored, or fetched from anywhere and believed only if their id comes out.
import type { RegisteredProgram } from "@assay/sdk";
import { type CommittedProgram, decodeManifest, type Program } from "@assay/sdk/program";
import { programRoot, manifestHash as toManifestHash } from "@assay/sdk/protocol";
import type { Hex } from "viem";
import { redactUrl } from "./config.ts";
import { IntegrityError, RetryableError } from "./errors.ts";
import { createGate } from "./gate.ts";
import { fetchBytes } from "./http/fetchBytes.ts";
import { createLruCache } from "./lruCache.ts";
import {
  assertTokenizer,
  manifestFile,
  type ProgramFiles,
  programFile,
  programOf,
  tokenizerFile,
} from "./programFiles.ts";
import { placeOfUri, withoutSlashes } from "./programPlaces.ts";
import type { ProgramStore, StoredFiles } from "./store/programStore.ts";
import type { Logger } from "./telemetry/logger.ts";

export type Programs = {
  /**
   * A program whose roots are the chain's, with its tokenizer or without: executing and judging takes none.
   * @throws ProgramUnavailableError while it cannot be fetched, IntegrityError when it is not what the chain names.
   */
  get(programId: Hex): Promise<CommittedProgram>;
  /** The same with manifest and files, the tokenizer among them where the manifest names one. */
  files(programId: Hex): Promise<ProgramFiles>;
  /** Checks and stores a program's files, so that this node serves and offers them. */
  put(
    programBytes: Uint8Array,
    manifestBytes: Uint8Array,
    tokenizerBytes?: Uint8Array,
  ): Promise<ProgramFiles>;
  list(): Hex[];
};

export type ProgramsOptions = {
  store: ProgramStore;
  /** What the chain knows; without it (a client that only publishes) the id alone is checked. */
  registered?: (programId: Hex) => Promise<RegisteredProgram>;
  /** Where the publisher says that the files are. */
  uriOf?: (programId: Hex) => Promise<string | undefined> | string | undefined;
  /** Base URLs of nodes and mirrors: `<source>/programs/<programId>/program.onnx`. */
  sources: readonly string[];
  /** Of one program file. */
  maxBytes: number;
  /** Of all fetched programs together; those used longest ago make room, but none that `isServed` names. */
  keepBytes: number;
  isServed?: (programId: Hex) => boolean;
  /** Published URIs may name this machine: on local networks only. */
  allowsPrivate?: boolean;
  /** Reads large files in fast form elsewhere, where the process has clocks to keep. */
  read?: (file: Uint8Array) => Promise<Program>;
  /** Programs kept in memory. */
  capacity: number;
  signal?: AbortSignal;
  logger: Logger;
};

/** The program's files are nowhere to be found, for now. */
export class ProgramUnavailableError extends RetryableError {
  override name = "ProgramUnavailableError";
}

const fetchSeconds = 120;
const manifestSeconds = 20;
const manifestBytesLimit = 1_048_576;
const tokenizerBytesLimit = 67_108_864;
/** Programs fetched at a time: what is held before it is checked stays within so many times the largest file. */
const fetchesAtOnce = 3;
/** Smaller files, of the operator's own choice, are read in less time than a thread takes to start. */
const largeBytes = 1_048_576;

/** A program's tokenizer is `needed` by people, `welcome` to a node that offers the program, `needless` to one that judges it. */
type Text = "needed" | "welcome" | "needless";

type Wanted = { programId: Hex; chain: RegisteredProgram | undefined; text: Text };

const hasText = ({ manifest, tokenizerBytes }: ProgramFiles): boolean =>
  manifest.text === undefined || tokenizerBytes !== undefined;

export function createPrograms(options: ProgramsOptions): Programs {
  const { store, registered, uriOf, sources, maxBytes, keepBytes, read, capacity, signal, logger } = options;
  const { isServed = () => false, allowsPrivate = false } = options;
  const gate = createGate(fetchesAtOnce);
  const bare = createLruCache<ProgramFiles>(capacity);
  const whole = createLruCache<ProgramFiles>(capacity);

  /** A stranger's file can be small and yet take long to read. */
  const open = async (files: StoredFiles, isOwn: boolean): Promise<ProgramFiles> => {
    const { programBytes, manifestBytes, tokenizerBytes } = files;
    const isReadHere = read === undefined || (isOwn && programBytes.length < largeBytes);
    const program = isReadHere ? undefined : await read(programBytes);
    return programOf(programBytes, manifestBytes, { tokenizerBytes, program, textless: true });
  };

  async function obtain(programId: Hex, text: Text): Promise<ProgramFiles> {
    const stored = await openStored(programId);
    const chain = await registered?.(programId);
    const isEnough = stored !== undefined && (text !== "needed" || hasText(stored));
    const fetched = async () => fetchFrom(await placesOf(programId), { programId, chain, text });
    const files = isEnough ? stored : await gate(fetched);
    if (chain !== undefined) assertRegistered(files, chain);
    return files;
  }

  async function openStored(programId: Hex): Promise<ProgramFiles | undefined> {
    try {
      const stored = store.read(programId);
      return stored && assertId(await open(stored, isServed(programId)), programId);
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      logger.error("A stored program is damaged and is fetched anew", { programId, error });
      return undefined;
    }
  }

  async function placesOf(programId: Hex): Promise<string[]> {
    const places = sources.map((source) => `${withoutSlashes(source)}/programs/${programId}`);
    const uri = await uriOf?.(programId);
    const published = uri === undefined ? undefined : placeOfUri(uri, { sources, allowsPrivate });
    return published === undefined ? places : [...places, published];
  }

  async function fetchFrom(places: readonly string[], wanted: Wanted): Promise<ProgramFiles> {
    const { programId } = wanted;
    const tried: Record<string, string> = {};
    for (const place of places) {
      try {
        const files = await fetchOne(place, wanted);
        store.put(programId, files, { fetched: true });
        store.trim(keepBytes, (id) => id === programId || isServed(id));
        logger.info("Program fetched", {
          programId,
          from: redactUrl(place),
          bytes: files.programBytes.length,
        });
        return files;
      } catch (error) {
        signal?.throwIfAborted();
        tried[redactUrl(place)] = error instanceof Error ? error.message.split("\n", 1)[0]! : String(error);
      }
    }
    throw new ProgramUnavailableError("The program's files were not found.", {
      facts: { programId, tried: places.length === 0 ? "no place is known" : tried },
      hint: "Name a mirror with --blob-sources, or publish the files on this machine",
    });
  }

  /** The small file first: where it is not the chain's, the large one is not asked for. */
  async function fetchOne(place: string, { programId, chain, text }: Wanted): Promise<ProgramFiles> {
    const hash = chain?.manifestHash;
    const manifestBytes = await fetchBytes(`${place}/${manifestFile}`, {
      maxBytes: Math.min(manifestBytesLimit, maxBytes),
      timeoutSeconds: manifestSeconds,
      signal,
    });
    if (hash !== undefined && toManifestHash(manifestBytes) !== hash)
      throw new IntegrityError("The manifest is of another program.", { facts: { wanted: programId } });
    const limits = { maxBytes, timeoutSeconds: fetchSeconds, signal };
    const tokenizerBytes = await fetchText(place, manifestBytes, text);
    const programBytes = await fetchBytes(`${place}/${programFile}`, limits);
    return assertId(
      await open({ programBytes, manifestBytes, tokenizerBytes }, isServed(programId)),
      programId,
    );
  }

  /** Where it is not needed, a place that lacks it or holds it back keeps nobody from executing and judging. */
  async function fetchText(
    place: string,
    manifestBytes: Uint8Array,
    text: Text,
  ): Promise<Uint8Array | undefined> {
    if (text === "needless") return undefined;
    try {
      return await fetchTokenizer(place, manifestBytes);
    } catch (error) {
      if (text === "needed" || signal?.aborted) throw error;
      logger.warn("A program's tokenizer was not found and is not offered", {
        from: redactUrl(place),
        error,
      });
      return undefined;
    }
  }

  async function fetchTokenizer(place: string, manifestBytes: Uint8Array): Promise<Uint8Array | undefined> {
    const manifest = decodeManifest(manifestBytes);
    if (manifest.text === undefined) return undefined;
    const bytes = await fetchBytes(`${place}/${tokenizerFile}`, {
      maxBytes: Math.min(tokenizerBytesLimit, maxBytes),
      timeoutSeconds: fetchSeconds,
      signal,
    });
    assertTokenizer(manifest, bytes);
    return bytes;
  }

  const files = (programId: Hex) =>
    whole.use(
      programId,
      () => obtain(programId, "needed"),
      (value) => value,
    );

  return {
    files,
    get: (programId) =>
      bare.use(
        programId,
        () => obtain(programId, isServed(programId) ? "welcome" : "needless"),
        ({ committed }) => committed,
      ),
    put: async (programBytes, manifestBytes, tokenizerBytes) => {
      const opened = await open({ programBytes, manifestBytes, tokenizerBytes }, true);
      assertTokenizer(opened.manifest, tokenizerBytes);
      store.put(opened.programId, opened);
      return opened;
    },
    list: store.list,
  };
}

function assertId(files: ProgramFiles, programId: Hex): ProgramFiles {
  if (files.programId === programId.toLowerCase()) return files;
  throw new IntegrityError("The files are of another program.", {
    facts: { wanted: programId, found: files.programId },
  });
}

/** The id covers all of this; comparing it again costs nothing and needs no trust in the id's own derivation. */
function assertRegistered(
  { programId, committed, manifestHash }: ProgramFiles,
  chain: RegisteredProgram,
): void {
  const onChain = programRoot(chain.header, chain.descriptorsRoot, chain.constantsRoot);
  const { descriptorsRoot, constantsRoot } = committed;
  if (
    committed.programRoot !== onChain ||
    descriptorsRoot !== chain.descriptorsRoot ||
    constantsRoot !== chain.constantsRoot ||
    manifestHash !== chain.manifestHash
  )
    throw new IntegrityError("The program is not the one that the chain knows under its id.", {
      facts: { programId, computed: committed.programRoot, registered: onChain },
    });
}
