// Imported first by a process that shall die: SIGKILL at the n-th point at which its journal is written, before what is
// written there is committed or right after it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";

const {
  ASSAY_TEST_KILL_POINT = "0",
  ASSAY_TEST_KILL_MOMENT = "after",
  ASSAY_TEST_KILL_FOLDER = ".",
} = process.env;
const point = Number(ASSAY_TEST_KILL_POINT);
const inside = ASSAY_TEST_KILL_MOMENT === "before";
const countPath = join(ASSAY_TEST_KILL_FOLDER, "points");
let points = 0;

function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** `unfinished` writes without a commit. */
function pass<T>(write: () => T, unfinished: () => unknown): T {
  points += 1;
  writeFileSync(countPath, String(points));
  if (points === point && inside) {
    unfinished();
    die();
  }
  const result = write();
  if (points === point) die();
  return result;
}

const { prepare, transaction } = Sqlite.prototype;

Sqlite.prototype.prepare = function (this: Sqlite.Database, source: string) {
  const statement = prepare.call(this, source);
  if (!/^\s*(INSERT|UPDATE|DELETE)/i.test(source)) return statement;
  const run = statement.run.bind(statement) as (...values: unknown[]) => Sqlite.RunResult;
  statement.run = (...values: unknown[]) =>
    this.inTransaction
      ? run(...values)
      : pass(
          () => run(...values),
          () => {},
        );
  return statement;
} as typeof prepare;

Sqlite.prototype.transaction = function (this: Sqlite.Database, work: () => unknown) {
  const made = transaction.call(this, work);
  const begun = transaction.call(this, () => {
    work();
    die();
  });
  const immediate = () => (this.inTransaction ? made.immediate() : pass(made.immediate, begun.immediate));
  return Object.assign(() => made(), { ...made, immediate });
} as unknown as typeof transaction;
