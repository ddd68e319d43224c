// What every part of the node needs in a test: a data folder that goes away, quiet logs, fresh metrics.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../node/clock.ts";
import { type Database, openDatabase } from "../../node/store/database.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { createMetrics } from "../../node/telemetry/metrics.ts";

export const quiet = () => ({
  logger: silentLogger,
  metrics: createMetrics(),
  clock: systemClock,
  fail: (error: unknown) => {
    throw error;
  },
});

/** A folder for one test file; call `remove` when done. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "assay-node-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An open database in a folder of its own; `close` removes both. */
export function temporaryDatabase(): Database {
  const folder = temporaryFolder();
  const database = openDatabase({ folder: folder.path });
  return {
    ...database,
    close: () => {
      database.close();
      folder.remove();
    },
  };
}

/** The error that `work` fails with. */
export async function errorOf(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
