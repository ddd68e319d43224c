// Programs on this machine: their two files as blobs, and an index from program ids to them. Needs no lock: nothing in
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

export type StoredFiles = { programBytes: Uint8Array; manifestBytes: Uint8Array };

export type ProgramStore = {
  /** `fetched`: nobody asked this machine to keep it. */
  put(programId: Hex, files: StoredFiles, options?: { fetched: boolean }): void;
  /** Removes fetched programs, those used longest ago first, until the others take no more than `maxBytes`. */
  trim(maxBytes: number, isKept: (programId: Hex) => boolean): void;
  /** Undefined when one of the two files is missing. Throws IntegrityError for damaged ones, once: they are set aside. */
  read(programId: Hex): StoredFiles | undefined;
  /** Names of the two blobs. */
  hashesOf(programId: Hex): { program: Hex; manifest: Hex } | undefined;
  list(): Hex[];
};

/** `bytes` of both files, where they were fetched. */
type Entry = { program: Hex; manifest: Hex; bytes: number | undefined };

const isId = (text: string): text is Hex => isHex(text) && /^0x[0-9a-f]{64}$/.test(text);

export function createProgramStore(dataDir: string, blobs: BlobStore): ProgramStore {
  const folder = join(dataDir, "programs");
  const indexOf = (programId: Hex) => join(folder, `${programId.toLowerCase()}.json`);

  function entryOf(programId: Hex): Entry | undefined {
    if (!isId(programId.toLowerCase()) || !existsSync(indexOf(programId))) return undefined;
    const { program, manifest, fetched } = JSON.parse(readFileSync(indexOf(programId), "utf8")) as Record<
      string,
      unknown
    >;
    if (typeof program !== "string" || typeof manifest !== "string") return undefined;
    if (!isBlobHash(program) || !isBlobHash(manifest)) return undefined;
    return { program, manifest, bytes: typeof fetched === "number" ? fetched : undefined };
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
      const shared = new Set([...left].flatMap(({ program, manifest }) => [program, manifest]));
      for (const hash of [entry.program, entry.manifest]) if (!shared.has(hash)) blobs.remove(hash);
    }
  }

  function hashesOf(programId: Hex): { program: Hex; manifest: Hex } | undefined {
    const entry = entryOf(programId);
    return entry && { program: entry.program, manifest: entry.manifest };
  }

  return {
    hashesOf,
    trim,
    put: (programId, { programBytes, manifestBytes }, { fetched } = { fetched: false }) => {
      const index = {
        program: blobs.put(programBytes),
        manifest: blobs.put(manifestBytes),
        ...(fetched && { fetched: programBytes.length + manifestBytes.length }),
      };
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `draft-${randomUUID()}`);
      writeFileSync(draft, JSON.stringify(index), { mode: 0o600 });
      renameSync(draft, indexOf(programId));
    },
    read: (programId) => {
      const hashes = entryOf(programId);
      if (hashes) touch(indexOf(programId));
      const programBytes = hashes && blobs.get(hashes.program);
      const manifestBytes = hashes && blobs.get(hashes.manifest);
      return programBytes && manifestBytes && { programBytes, manifestBytes };
    },
    list,
  };
}

/** The time of last use. */
function touch(file: string): void {
  const now = new Date();
  utimesSync(file, now, now);
}
