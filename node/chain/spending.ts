// What the transactions of a key have cost, by day and by what they were for: kept when the transactions themselves are forgotten.
import type { Address } from "viem";
import { day as dayLength } from "../clock.ts";
import type { Database } from "../store/database.ts";

/** Transactions of one day that did the same. */
export type Spending = {
  /** Days since 1970, UTC. */
  day: number;
  /** The contract function. */
  label: string;
  transactions: number;
  gasUsed: bigint;
  /** Base units of the chain's coin. What a rollup charges for data besides is not in it. */
  paid: bigint;
};

export type SpendingBook = {
  /** @param from Milliseconds since 1970; days before it are left out. By day, then by label. */
  since(from?: number): Spending[];
  /** @param before Milliseconds since 1970. */
  forget(before: number): void;
};

type Row = { day: number; label: string; transactions: number; gas_used: string; paid: string };

export function createSpendingBook(
  { sql, transact }: Database,
  { chainId, sender }: { chainId: number; sender: Address },
): SpendingBook {
  const owner = [chainId, sender.toLowerCase()] as const;
  const mine = "chain_id = ? AND sender = ?";
  const selectDays = sql.prepare<unknown[], Row>(`SELECT * FROM spending WHERE ${mine} AND day >= ?`);
  const toDays =
    `SELECT created / ${dayLength} AS day, label, 1 AS transactions, gas_used, paid FROM transactions ` +
    `WHERE ${mine} AND paid IS NOT NULL`;
  const selectLive = sql.prepare<unknown[], Row>(`${toDays} AND created >= ?`);
  const old = "state IN ('final', 'failed') AND updated < ?";
  const selectOld = sql.prepare<unknown[], Row>(`${toDays} AND ${old}`);
  const eraseAttempts = sql.prepare(
    `DELETE FROM attempts WHERE transaction_id IN (SELECT id FROM transactions WHERE ${mine} AND ${old})`,
  );
  const erase = sql.prepare(`DELETE FROM transactions WHERE ${mine} AND ${old}`);
  const put = sql.prepare("INSERT OR REPLACE INTO spending VALUES (?, ?, ?, ?, ?, ?, ?)");

  return {
    since: (from = 0) => {
      const first = Math.floor(from / dayLength);
      return summed([...selectDays.all(...owner, first), ...selectLive.all(...owner, first * dayLength)]);
    },
    forget: (before) =>
      transact(() => {
        const leaving = selectOld.all(...owner, before);
        const days = new Set(leaving.map(({ day }) => day));
        const known = selectDays.all(...owner, 0).filter(({ day }) => days.has(day));
        for (const { day, label, transactions, gasUsed, paid } of summed([...known, ...leaving]))
          put.run(...owner, day, label, transactions, gasUsed.toString(), paid.toString());
        eraseAttempts.run(...owner, before);
        erase.run(...owner, before);
      }),
  };
}

function summed(rows: readonly Row[]): Spending[] {
  const byKey = new Map<string, Spending>();
  for (const { day, label, transactions, gas_used, paid } of rows) {
    const key = `${String(day).padStart(8, "0")}:${label}`;
    const before = byKey.get(key) ?? { day, label, transactions: 0, gasUsed: 0n, paid: 0n };
    byKey.set(key, {
      ...before,
      transactions: before.transactions + transactions,
      gasUsed: before.gasUsed + BigInt(gas_used),
      paid: before.paid + BigInt(paid),
    });
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, spent]) => spent);
}

/** Every key of a journal that has paid for transactions on a chain. */
export function spendersIn({ sql }: Pick<Database, "sql">, chainId: number): Address[] {
  const query =
    "SELECT sender FROM spending WHERE chain_id = ? UNION " +
    "SELECT sender FROM transactions WHERE chain_id = ? AND paid IS NOT NULL ORDER BY sender";
  return sql
    .prepare<[number, number], { sender: Address }>(query)
    .all(chainId, chainId)
    .map(({ sender }) => sender);
}

/** What was paid in all. */
export const paidIn = (spent: readonly Spending[]): bigint =>
  spent.reduce((total, { paid }) => total + paid, 0n);
