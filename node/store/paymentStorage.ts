// A payer's books in a file: what it owes on its channels survives every crash, and two commands at once do not mix it up.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BooksStorage } from "@assay/sdk";
import Sqlite from "better-sqlite3";

export type PaymentStorage = BooksStorage & { close(): void };

export type PaymentStorageOptions = {
  /** Data folder; made if missing. */
  folder: string;
  /** What tells one chain from another that has the same contracts at the same addresses: the hash of an early block. */
  network: string;
};

const busyMilliseconds = 5_000;

export function openPaymentStorage({ folder, network }: PaymentStorageOptions): PaymentStorage {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sql = new Sqlite(join(folder, "payments.sqlite"), { timeout: busyMilliseconds });
  sql.pragma("journal_mode = WAL");
  // INVARIANT (I-54): a promise is on the disk before it is signed.
  sql.pragma("synchronous = FULL");
  sql.exec("CREATE TABLE IF NOT EXISTS books (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT");
  const select = sql.prepare<[string], { text: string }>("SELECT text FROM books WHERE key = ?");
  const insert = sql.prepare("INSERT INTO books (key, text) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const update = sql.prepare("UPDATE books SET text = ? WHERE key = ? AND text = ?");
  const keyOf = (key: string) => `${network}:${key}`;
  return {
    read: (key) => select.get(keyOf(key))?.text,
    swap: (key, before, after) => {
      const { changes } =
        before === undefined ? insert.run(keyOf(key), after) : update.run(after, keyOf(key), before);
      return changes === 1;
    },
    close: () => void sql.close(),
  };
}
