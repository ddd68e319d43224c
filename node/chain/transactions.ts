// The journal's rows about transactions: what was asked for, and every version that was signed for it.
import type { Address, Hex } from "viem";
import type { Clock } from "../clock.ts";
import type { Database } from "../store/database.ts";
import { createSpendingBook, type SpendingBook } from "./spending.ts";

/**
 * queued: asked for, nothing signed. pending: signed, holds its nonce. mined: in a block that may still vanish.
 * final: in a block that is deep enough. failed: would revert, or came too late; nothing of it can be mined.
 */
export type TransactionState = "queued" | "pending" | "mined" | "final" | "failed";

export type Outcome = "success" | "reverted" | "cancelled";

export type Transaction = {
  id: number;
  key: string;
  label: string;
  to: Address;
  data: Hex;
  value: bigint;
  gas: bigint | undefined;
  deadline: bigint | undefined;
  urgent: boolean;
  state: TransactionState;
  nonce: number | undefined;
  outcome: Outcome | undefined;
  hash: Hex | undefined;
  block: bigint | undefined;
  blockHash: Hex | undefined;
  /** Milliseconds since 1970. */
  created: number;
};

export type Attempt = {
  hash: Hex;
  nonce: number;
  raw: Hex;
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
  /** Uses the nonce up for nothing. */
  cancels: boolean;
  signed: number;
};

export type Asked = Pick<
  Transaction,
  "key" | "label" | "to" | "data" | "value" | "gas" | "deadline" | "urgent"
>;

export type Mined = {
  outcome: Outcome;
  hash: Hex;
  block: bigint;
  blockHash: Hex;
  gasUsed: bigint;
  /** Base units of the chain's coin. */
  paid: bigint;
};

export type Transactions = {
  find(key: string): Transaction | undefined;
  get(id: number): Transaction;
  /** By nonce, those without one last. */
  inStates(...states: TransactionState[]): Transaction[];
  /** Adds a queued row, or queues the row of that key again with what is asked for now. */
  queue(asked: Asked): Transaction;
  /** The signed versions with the row's present nonce, newest first. */
  attempts(id: number): Attempt[];
  /** Stores a signed version and makes the row pending, in one transaction that the disk holds before it is sent. */
  addAttempt(id: number, attempt: Attempt): void;
  setMined(id: number, mined: Mined): void;
  setState(id: number, state: "pending" | "failed"): void;
  /** Keeps what became of the row, and forgets the bytes that were sent. */
  setFinal(id: number): void;
  /** Gives up the row's nonce because something else has used it for good. */
  requeue(id: number): void;
  /** The nonces that rows of ours hold or have used, from `from` on. */
  noncesFrom(from: number): Set<number>;
  recent(limit: number): Transaction[];
  /** What transactions in blocks have cost since then. */
  spending: SpendingBook["since"];
  /** Forgets rows that have been at their end since before then, but not what they cost. */
  forget: SpendingBook["forget"];
};

type Row = {
  id: number;
  key: string;
  label: string;
  destination: Address;
  data: Hex;
  value: string;
  gas: string | null;
  deadline: number | null;
  urgent: number;
  state: TransactionState;
  nonce: number | null;
  outcome: Outcome | null;
  hash: Hex | null;
  block: number | null;
  block_hash: Hex | null;
  created: number;
};

type AttemptRow = {
  hash: Hex;
  nonce: number;
  raw: Hex;
  max_fee: string;
  priority_fee: string;
  cancels: number;
  signed: number;
};

type Owner = { database: Database; clock: Clock; chainId: number; sender: Address };

export function createTransactions({ database, clock, chainId, sender }: Owner): Transactions {
  const { sql } = database;
  const spending = createSpendingBook(database, { chainId, sender });
  const owner = [chainId, sender.toLowerCase()] as const;
  const mine = "chain_id = ? AND sender = ?";
  const byKey = sql.prepare<unknown[], Row>(`SELECT * FROM transactions WHERE ${mine} AND key = ?`);
  const byId = sql.prepare<[number], Row>("SELECT * FROM transactions WHERE id = ?");
  const queue = sql.prepare(
    "INSERT INTO transactions (chain_id, sender, key, label, destination, data, value, gas, deadline, urgent, state, " +
      "created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT DO UPDATE SET " +
      "label = excluded.label, destination = excluded.destination, data = excluded.data, value = excluded.value, " +
      "gas = excluded.gas, deadline = excluded.deadline, urgent = excluded.urgent, state = 'queued', nonce = NULL, " +
      "outcome = NULL, hash = NULL, block = NULL, block_hash = NULL, gas_used = NULL, paid = NULL, created = excluded.created, updated = excluded.updated",
  );
  const insertAttempt = sql.prepare("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const hold = sql.prepare("UPDATE transactions SET state = 'pending', nonce = ?, updated = ? WHERE id = ?");
  const include = sql.prepare(
    "UPDATE transactions SET state = 'mined', outcome = ?, hash = ?, block = ?, block_hash = ?, gas_used = ?, paid = ?, " +
      "updated = ? WHERE id = ?",
  );
  const move = sql.prepare("UPDATE transactions SET state = ?, updated = ? WHERE id = ?");
  const release = sql.prepare(
    "UPDATE transactions SET state = 'queued', nonce = NULL, updated = ? WHERE id = ?",
  );

  const find = (key: string) => {
    const row = byKey.get(...owner, key);
    return row === undefined ? undefined : toTransaction(row);
  };
  const storeAttempt = (id: number, attempt: Attempt) => {
    const { hash, nonce, raw, maxFeePerGas, maxPriorityFeePerGas, cancels, signed } = attempt;
    insertAttempt.run(
      hash,
      id,
      nonce,
      raw,
      maxFeePerGas.toString(),
      maxPriorityFeePerGas.toString(),
      Number(cancels),
      signed,
    );
    hold.run(nonce, clock.now(), id);
  };

  const forgetAttempts = sql.prepare("DELETE FROM attempts WHERE transaction_id = ?");
  const close = sql.prepare("UPDATE transactions SET state = 'final', data = '0x', updated = ? WHERE id = ?");

  return {
    find,
    get: (id) => toTransaction(byId.get(id)!),
    inStates: (...states) =>
      sql
        .prepare<unknown[], Row>(
          `SELECT * FROM transactions WHERE ${mine} AND state IN (${states.map(() => "?").join(", ")}) ORDER BY nonce NULLS LAST, id`,
        )
        .all(...owner, ...states)
        .map(toTransaction),
    queue: ({ key, label, to, data, value, gas, deadline, urgent }) => {
      const limits = [
        gas?.toString() ?? null,
        deadline === undefined ? null : Number(deadline),
        Number(urgent),
      ];
      const now = clock.now();
      queue.run(...owner, key, label, to, data, value.toString(), ...limits, now, now);
      return find(key)!;
    },
    attempts: (id) =>
      sql
        .prepare<[number], AttemptRow>(
          "SELECT a.* FROM attempts a JOIN transactions t ON t.id = a.transaction_id AND t.nonce = a.nonce WHERE t.id = ? ORDER BY a.rowid DESC",
        )
        .all(id)
        .map(toAttempt),
    addAttempt: (id, attempt) => database.transactDurably(() => storeAttempt(id, attempt)),
    setMined: (id, { outcome, hash, block, blockHash, gasUsed, paid }) => {
      const cost = [gasUsed.toString(), paid.toString()];
      include.run(outcome, hash, Number(block), blockHash, ...cost, clock.now(), id);
    },
    setState: (id, state) => {
      move.run(state, clock.now(), id);
    },
    setFinal: (id) => {
      database.transact(() => {
        forgetAttempts.run(id);
        close.run(clock.now(), id);
      });
    },
    requeue: (id) => {
      release.run(clock.now(), id);
    },
    noncesFrom: (from) => {
      const rows = sql
        .prepare<unknown[], { nonce: number }>(
          `SELECT nonce FROM transactions WHERE ${mine} AND nonce >= ? AND state IN ('pending', 'mined', 'final')`,
        )
        .all(...owner, from);
      return new Set(rows.map(({ nonce }) => nonce));
    },
    recent: (limit) =>
      sql
        .prepare<unknown[], Row>(`SELECT * FROM transactions WHERE ${mine} ORDER BY id DESC LIMIT ?`)
        .all(...owner, limit)
        .map(toTransaction),
    spending: spending.since,
    forget: spending.forget,
  };
}

function toTransaction(row: Row): Transaction {
  const { id, key, label, data, state, created } = row;
  return {
    id,
    key,
    label,
    to: row.destination,
    data,
    value: BigInt(row.value),
    gas: row.gas === null ? undefined : BigInt(row.gas),
    deadline: row.deadline === null ? undefined : BigInt(row.deadline),
    urgent: row.urgent === 1,
    state,
    nonce: row.nonce ?? undefined,
    outcome: row.outcome ?? undefined,
    hash: row.hash ?? undefined,
    block: row.block === null ? undefined : BigInt(row.block),
    blockHash: row.block_hash ?? undefined,
    created,
  };
}

function toAttempt({ hash, nonce, raw, max_fee, priority_fee, cancels, signed }: AttemptRow): Attempt {
  return {
    hash,
    nonce,
    raw,
    maxFeePerGas: BigInt(max_fee),
    maxPriorityFeePerGas: BigInt(priority_fee),
    cancels: cancels === 1,
    signed,
  };
}
