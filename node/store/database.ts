// The node's SQLite file: WAL, strict tables, migrations with a backup before them, one process per data folder.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { StoreError } from "../errors.ts";
import { migrations } from "./migrations.ts";

export type Sql = Sqlite.Database;

export type Database = {
  sql: Sql;
  folder: string;
  /** Runs `work` in one transaction; a throw rolls back. Nested calls become savepoints. */
  transact<T>(work: () => T): T;
  /** The same, and it returns when the disk holds everything committed so far: for what is signed, before it is sent. */
  transactDurably<T>(work: () => T): T;
  /** Writes a consistent copy of the running database. */
  backup(path: string): Promise<void>;
  /** Problems that SQLite finds in the file; empty when it is sound. */
  check(): string[];
  close(): void;
};

export type DatabaseOptions = {
  /** Data folder; made if missing. */
  folder: string;
  /** For commands that look at a running node's journal: takes no lock, migrates nothing, writes nothing. */
  readonly?: boolean;
};

const busyMilliseconds = 5_000;

export function openDatabase({ folder, readonly = false }: DatabaseOptions): Database {
  const path = join(folder, "journal.sqlite");
  if (readonly && !existsSync(path))
    throw new StoreError("There is no journal in the data folder.", { facts: { folder } });
  if (!readonly) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = readonly ? () => {} : lockFolder(folder);
  try {
    const sql = new Sqlite(path, { readonly, timeout: busyMilliseconds });
    if (!readonly) {
      sql.pragma("journal_mode = WAL");
      // NORMAL survives kill -9 without a disk flush per commit. A power cut can lose the last rows: answers are then
      // computed again to the same bits. What cannot be made again asks for a flush, see `transactDurably`.
      sql.pragma("synchronous = NORMAL");
      sql.pragma("foreign_keys = ON");
    }
    migrate(sql, path, readonly);
    return {
      sql,
      folder,
      transact: (work) => sql.transaction(work).immediate(),
      transactDurably: (work) => {
        sql.pragma("synchronous = FULL");
        try {
          return sql.transaction(work).immediate();
        } finally {
          sql.pragma("synchronous = NORMAL");
        }
      },
      backup: async (to) => {
        await sql.backup(to);
      },
      check: () =>
        (sql.pragma("integrity_check") as { integrity_check: string }[])
          .map((row) => row.integrity_check)
          .filter((line) => line !== "ok"),
      close: () => {
        sql.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

// SQLite's own file lock does the work: the system releases it when the process dies, however it dies.
function lockFolder(folder: string): () => void {
  const notePath = join(folder, "lock.json");
  const lock = new Sqlite(join(folder, "lock.sqlite"), { timeout: 0 });
  try {
    lock.pragma("locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new StoreError("Another process uses this data folder.", {
      facts: { folder, ...readNote(notePath) },
      hint: "Stop it first: two processes that share a key would disturb each other's transactions",
      cause,
    });
  }
  writeFileSync(notePath, JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600 });
  return () => lock.close();
}

function readNote(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function migrate(sql: Sql, path: string, readonly: boolean): void {
  const version = Number(sql.pragma("user_version", { simple: true }));
  if (version === migrations.length) return;
  const facts = { file: path, version, known: migrations.length };
  if (version > migrations.length)
    throw new StoreError("The journal was written by a newer version of the node.", { facts });
  if (readonly) throw new StoreError("The journal has to be migrated first: start the node once.", { facts });
  if (version > 0) {
    sql.pragma("wal_checkpoint(TRUNCATE)");
    copyFileSync(path, `${path}.before-${migrations.length}`);
  }
  const apply = sql.transaction(() => {
    for (const step of migrations.slice(version)) sql.exec(step);
    sql.pragma(`user_version = ${migrations.length}`);
  });
  apply.immediate();
}
