// Programs on this machine: their files as blobs, and an index from program ids to them. Needs no lock: nothing in
// it changes, and every id is recomputed from what is read.

import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Hex, isHex } from "viem";
import type { BlobStore } from "./blobs.ts";
import { isBlobHash } from "./blobs.ts";

export type StoredFiles = {
  programBytes: Uint8Array;
  manifestBytes: Uint8Array;
  tokenizerBytes?: Uint8Array | undefined;
};

/** Names of the blobs. */
export type ProgramHashes = { program: Hex; manifest: Hex; tokenizer?: Hex };

export type ProgramStore = {
  /** `fetched`: nobody asked this machine to keep it. */
  put(programId: Hex, files: StoredFiles, options?: { fetched: boolean }): void;
  /** Removes fetched programs, those used longest ago first, until the others take no more than `maxBytes`. */
  trim(maxBytes: number, isKept: (programId: Hex) => boolean): void;
  /** Undefined when one of the files is missing. Throws IntegrityError for damaged ones, once: they are set aside. */
  read(programId: Hex): StoredFiles | undefined;
  hashesOf(programId: Hex): ProgramHashes | undefined;
  list(): Hex[];
};

/** `bytes` of all files, where they were fetched. */
type Entry = { hashes: ProgramHashes; bytes: number | undefined };

const isName = (value: unknown): value is Hex => typeof value === "string" && isBlobHash(value);

const isId = (text: string): text is Hex => isHex(text) && /^0x[0-9a-f]{64}$/.test(text);

export function createProgramStore(dataDir: string, blobs: BlobStore): ProgramStore {
  const folder = join(dataDir, "programs");
  const indexOf = (programId: Hex) => join(folder, `${programId.toLowerCase()}.json`);

  function entryOf(programId: Hex): Entry | undefined {
    if (!isId(programId.toLowerCase()) || !existsSync(indexOf(programId))) return undefined;
    const index = JSON.parse(readFileSync(indexOf(programId), "utf8")) as Record<string, unknown>;
    const { program, manifest, tokenizer, fetched } = index;
    if (!isName(program) || !isName(manifest) || !(tokenizer === undefined || isName(tokenizer)))
      return undefined;
    const hashes = { program, manifest, ...(tokenizer && { tokenizer }) };
    return { hashes, bytes: typeof fetched === "number" ? fetched : undefined };
  }

  function list(): Hex[] {
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
    return names.filter(isId).sort();
  }

  function trim(maxBytes: number, isKept: (programId: Hex) => boolean): void {
    const entries = list().flatMap((programId) => {
      const entry = entryOf(programId);
      return entry ? [{ ...entry, programId, used: statSync(indexOf(programId)).mtimeMs }] : [];
    });
    const fetched = entries.filter(({ bytes }) => bytes !== undefined).sort((a, b) => a.used - b.used);
    let total = fetched.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    const left = new Set(entries);
    for (const entry of fetched) {
      if (total <= maxBytes) return;
      if (isKept(entry.programId)) continue;
      rmSync(indexOf(entry.programId), { force: true });
      left.delete(entry);
      total -= entry.bytes ?? 0;
      const shared = new Set([...left].flatMap(({ hashes }) => Object.values(hashes)));
      for (const hash of Object.values(entry.hashes)) if (!shared.has(hash)) blobs.remove(hash);
    }
  }

  return {
    hashesOf: (programId) => entryOf(programId)?.hashes,
    trim,
    put: (programId, { programBytes, manifestBytes, tokenizerBytes }, { fetched } = { fetched: false }) => {
      const bytes = programBytes.length + manifestBytes.length + (tokenizerBytes?.length ?? 0);
      const index = {
        program: blobs.put(programBytes),
        manifest: blobs.put(manifestBytes),
        ...(tokenizerBytes && { tokenizer: blobs.put(tokenizerBytes) }),
        ...(fetched && { fetched: bytes }),
      };
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `draft-${randomUUID()}`);
      writeFileSync(draft, JSON.stringify(index), { mode: 0o600 });
      renameSync(draft, indexOf(programId));
    },
    read: (programId) => {
      const hashes = entryOf(programId)?.hashes;
      if (hashes === undefined) return undefined;
      touch(indexOf(programId));
      const programBytes = blobs.get(hashes.program);
      const manifestBytes = blobs.get(hashes.manifest);
      const tokenizerBytes = hashes.tokenizer && blobs.get(hashes.tokenizer);
      const isWhole = programBytes && manifestBytes && (!hashes.tokenizer || tokenizerBytes);
      return isWhole ? { programBytes, manifestBytes, tokenizerBytes } : undefined;
    },
    list,
  };
}

/** The time of last use. */
function touch(file: string): void {
  const now = new Date();
  utimesSync(file, now, now);
}
