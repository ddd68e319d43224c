// A content-addressed folder: files named by the SHA-256 of their bytes, written whole or not at all, checked when read.
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import type { Hex } from "viem";
import { IntegrityError } from "../errors.ts";

export type BlobStore = {
  /** Stores the bytes and returns their name; storing them again is free. */
  put(bytes: Uint8Array): Hex;
  /** The bytes of that name, or undefined. Throws IntegrityError when the file was changed; it is set aside. */
  get(hash: Hex): Uint8Array | undefined;
  has(hash: Hex): boolean;
  /** Where the file lies, for sending large ones; its bytes are checked once per process. */
  pathOf(hash: Hex): string | undefined;
  remove(hash: Hex): void;
};

const hashPattern = /^0x[0-9a-f]{64}$/;

export function blobHash(bytes: Uint8Array): Hex {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether a text is the name of a blob; nothing else may become part of a path. */
export function isBlobHash(text: string): text is Hex {
  return hashPattern.test(text);
}

export function createBlobStore(folder: string): BlobStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Two levels keep folders small: ab/cdef…
  const place = (hash: Hex) => {
    if (!isBlobHash(hash)) throw new IntegrityError("This is not the name of a blob.", { facts: { hash } });
    const parent = resolve(folder, hash.slice(2, 4));
    return { parent, path: join(parent, hash.slice(4)) };
  };

  function get(hash: Hex): Uint8Array | undefined {
    const { path } = place(hash);
    if (!existsSync(path)) return undefined;
    const bytes = new Uint8Array(readFileSync(path));
    const computed = blobHash(bytes);
    if (computed === hash) return bytes;
    renameSync(path, `${path}.damaged`);
    throw new IntegrityError("A stored file does not hash to its name.", {
      facts: { hash, computed, file: `${path}.damaged` },
      hint: "Check the disk, then start again: the file will be fetched anew",
    });
  }

  const checked = new Set<Hex>();
  return {
    get,
    pathOf: (hash) => {
      const { path } = place(hash);
      if (!existsSync(path)) return undefined;
      if (!checked.has(hash) && get(hash) === undefined) return undefined;
      checked.add(hash);
      return path;
    },
    put: (bytes) => {
      const hash = blobHash(bytes);
      const { parent, path } = place(hash);
      if (existsSync(path)) return hash;
      mkdirSync(parent, { recursive: true, mode: 0o700 });
      const draft = join(folder, `draft-${randomUUID()}`);
      try {
        writeDurably(draft, bytes);
        renameSync(draft, path);
      } finally {
        rmSync(draft, { force: true });
      }
      return hash;
    },
    has: (hash) => existsSync(place(hash).path),
    remove: (hash) => rmSync(place(hash).path, { force: true }),
  };
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
