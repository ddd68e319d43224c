// Programs on this machine: their two files as blobs, and an index from program ids to them. Needs no lock: nothing in
// it changes, and every id is recomputed from what is read.

import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Hex, isHex } from "viem";
import type { BlobStore } from "./blobs.ts";
import { isBlobHash } from "./blobs.ts";

export type StoredFiles = { programBytes: Uint8Array; manifestBytes: Uint8Array };

export type ProgramStore = {
  put(programId: Hex, files: StoredFiles): void;
  /** Undefined when one of the two files is missing. Throws IntegrityError for damaged ones, once: they are set aside. */
  read(programId: Hex): StoredFiles | undefined;
  /** Names of the two blobs. */
  hashesOf(programId: Hex): { program: Hex; manifest: Hex } | undefined;
  list(): Hex[];
};

const isId = (text: string): text is Hex => isHex(text) && /^0x[0-9a-f]{64}$/.test(text);

export function createProgramStore(dataDir: string, blobs: BlobStore): ProgramStore {
  const folder = join(dataDir, "programs");
  const indexOf = (programId: Hex) => join(folder, `${programId.toLowerCase()}.json`);

  function hashesOf(programId: Hex): { program: Hex; manifest: Hex } | undefined {
    if (!isId(programId.toLowerCase()) || !existsSync(indexOf(programId))) return undefined;
    const { program, manifest } = JSON.parse(readFileSync(indexOf(programId), "utf8")) as Record<
      string,
      string
    >;
    if (program === undefined || manifest === undefined) return undefined;
    return isBlobHash(program) && isBlobHash(manifest) ? { program, manifest } : undefined;
  }

  return {
    hashesOf,
    put: (programId, { programBytes, manifestBytes }) => {
      const index = { program: blobs.put(programBytes), manifest: blobs.put(manifestBytes) };
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `draft-${randomUUID()}`);
      writeFileSync(draft, JSON.stringify(index), { mode: 0o600 });
      renameSync(draft, indexOf(programId));
    },
    read: (programId) => {
      const hashes = hashesOf(programId);
      const programBytes = hashes && blobs.get(hashes.program);
      const manifestBytes = hashes && blobs.get(hashes.manifest);
      return programBytes && manifestBytes && { programBytes, manifestBytes };
    },
    list: () => {
      if (!existsSync(folder)) return [];
      const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
      return names.filter(isId).sort();
    },
  };
}
