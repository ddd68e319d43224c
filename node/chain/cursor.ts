// How far a poller has read: the last block, and the hashes of the blocks before it.
import type { Hex } from "viem";
import type { Sql } from "../store/database.ts";

export type BlockMark = { number: bigint; hash: Hex };

export type Cursor = {
  read(): BlockMark | undefined;
  hashAt(number: bigint): Hex | undefined;
  /** The remembered blocks, newest first. */
  marks(): BlockMark[];
  advance(blocks: readonly BlockMark[], remember: number): void;
  /** Moves back to a remembered block, or to before the first one. */
  back(to: BlockMark | undefined): void;
};

type Row = { number: number; hash: Hex };

export function createCursor(sql: Sql, poller: string): Cursor {
  const toMark = ({ number, hash }: Row): BlockMark => ({ number: BigInt(number), hash });
  const select = sql.prepare<[string], Row>("SELECT number, hash FROM cursors WHERE poller = ?");
  const write = sql.prepare("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)");
  const erase = sql.prepare("DELETE FROM cursors WHERE poller = ?");
  const selectMark = sql.prepare<[string, number], Row>(
    "SELECT number, hash FROM blocks WHERE poller = ? AND number = ?",
  );
  const selectMarks = sql.prepare<[string], Row>(
    "SELECT number, hash FROM blocks WHERE poller = ? ORDER BY number DESC",
  );
  const insertMark = sql.prepare("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)");
  const forgetAfter = sql.prepare("DELETE FROM blocks WHERE poller = ? AND number > ?");
  const forgetBefore = sql.prepare("DELETE FROM blocks WHERE poller = ? AND number < ?");

  return {
    read: () => {
      const row = select.get(poller);
      return row === undefined ? undefined : toMark(row);
    },
    hashAt: (number) => selectMark.get(poller, Number(number))?.hash,
    marks: () => selectMarks.all(poller).map(toMark),
    advance: (blocks, remember) => {
      for (const { number, hash } of blocks) insertMark.run(poller, Number(number), hash);
      const last = blocks.at(-1);
      if (last === undefined) return;
      write.run(poller, Number(last.number), last.hash);
      forgetBefore.run(poller, Number(last.number) - remember);
    },
    back: (to) => {
      forgetAfter.run(poller, Number(to?.number ?? -1n));
      if (to === undefined) erase.run(poller);
      else write.run(poller, Number(to.number), to.hash);
    },
  };
}
