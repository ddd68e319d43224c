// Work items of one kind: id, state, data. Those that follow from events are undone when their block vanishes.
import type { Clock } from "../clock.ts";
import type { Sql } from "./database.ts";
import { decodeJson, encodeJson } from "./json.ts";

export type Item<T, state extends string> = {
  id: string;
  state: state;
  data: T;
  /** Block of the event that the item follows from last; undefined for what only this node knows. */
  block: bigint | undefined;
  /** Milliseconds since 1970. */
  updated: number;
};

export type Items<T, state extends string> = {
  get(id: string): Item<T, state> | undefined;
  /** By id; with `states`, only the items in one of them. */
  list(filter?: { states?: readonly state[]; limit?: number }): Item<T, state>[];
  count(states?: readonly state[]): number;
  /** Writes an item. With `block`, a roll-back to an earlier block restores what was there before. */
  put(id: string, state: state, data: T, block?: bigint): void;
  /** Changes an item that exists; returns false when it does not. */
  update(id: string, change: (item: Item<T, state>) => { state?: state; data?: T }, block?: bigint): boolean;
  remove(id: string): void;
};

type Row = { id: string; state: string; data: string; block: number | null; updated: number };

const defaultLimit = 100_000;

export function createItems<T, state extends string>(sql: Sql, clock: Clock, kind: string): Items<T, state> {
  const select = sql.prepare<[string, string], Row>("SELECT * FROM items WHERE kind = ? AND id = ?");
  const upsert = sql.prepare<[string, string, string, string, number | null, number]>(
    "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET " +
      "state = excluded.state, data = excluded.data, block = excluded.block, updated = excluded.updated",
  );
  const remember = sql.prepare<[number, string, string, string | null, string | null, number | null]>(
    "INSERT INTO undo VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const erase = sql.prepare<[string, string]>("DELETE FROM items WHERE kind = ? AND id = ?");
  const toItem = (row: Row): Item<T, state> => ({
    id: row.id,
    state: row.state as state,
    data: decodeJson<T>(row.data),
    block: row.block === null ? undefined : BigInt(row.block),
    updated: row.updated,
  });

  function put(id: string, state: state, data: T, block?: bigint): void {
    const before = select.get(kind, id);
    const at = block === undefined ? (before?.block ?? null) : Number(block);
    if (block !== undefined)
      remember.run(
        Number(block),
        kind,
        id,
        before?.state ?? null,
        before?.data ?? null,
        before?.block ?? null,
      );
    upsert.run(kind, id, state, encodeJson(data), at, clock.now());
  }

  /** By state where states are asked for: what has ended is kept for a week, and most of what there is has ended. */
  const listing = lazily((states) =>
    sql.prepare<unknown[], Row>(
      states === 0
        ? "SELECT * FROM items WHERE kind = ? ORDER BY id LIMIT ?"
        : `SELECT * FROM items INDEXED BY items_by_state WHERE kind = ? AND state IN (${places(states)}) ORDER BY id LIMIT ?`,
    ),
  );
  const counting = lazily((states) =>
    sql.prepare<unknown[], { n: number }>(
      `SELECT count(*) AS n FROM items WHERE kind = ?${states === 0 ? "" : ` AND state IN (${places(states)})`}`,
    ),
  );

  return {
    put,
    get: (id) => {
      const row = select.get(kind, id);
      return row === undefined ? undefined : toItem(row);
    },
    list: ({ states, limit = defaultLimit } = {}) =>
      states?.length === 0
        ? []
        : listing(states?.length ?? 0)
            .all(kind, ...(states ?? []), limit)
            .map(toItem),
    count: (states) =>
      states?.length === 0 ? 0 : (counting(states?.length ?? 0).get(kind, ...(states ?? []))?.n ?? 0),
    update: (id, change, block) => {
      const row = select.get(kind, id);
      if (row === undefined) return false;
      const item = toItem(row);
      const { state = item.state, data = item.data } = change(item);
      put(id, state, data, block);
      return true;
    },
    remove: (id) => {
      erase.run(kind, id);
    },
  };
}

const places = (count: number): string => Array.from({ length: count }, () => "?").join(", ");

/** Statements by how many states they name, each prepared once. */
function lazily<statement>(prepare: (states: number) => statement): (states: number) => statement {
  const known = new Map<number, statement>();
  return (states) => {
    const statement = known.get(states) ?? prepare(states);
    known.set(states, statement);
    return statement;
  };
}

type UndoRow = {
  kind: string;
  id: string;
  state: string | null;
  data: string | null;
  previous_block: number | null;
};

/** Restores every item to what it was at the end of `toBlock`. */
export function rollbackItems(sql: Sql, clock: Clock, toBlock: bigint): number {
  const rows = sql
    .prepare<[number], UndoRow>("SELECT * FROM undo WHERE block > ? ORDER BY block DESC")
    .all(Number(toBlock));
  const erase = sql.prepare<[string, string]>("DELETE FROM items WHERE kind = ? AND id = ?");
  const restore = sql.prepare("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)");
  for (const { kind, id, state, data, previous_block } of rows) {
    if (state === null) erase.run(kind, id);
    else restore.run(kind, id, state, data, previous_block, clock.now());
  }
  sql.prepare("DELETE FROM undo WHERE block > ?").run(Number(toBlock));
  return rows.length;
}

/** Forgets how to undo blocks up to `finalBlock`. */
export function settleItems(sql: Sql, finalBlock: bigint): void {
  sql.prepare("DELETE FROM undo WHERE block <= ?").run(Number(finalBlock));
}
