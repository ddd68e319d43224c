// Whether a node of these settings runs on this machine, as its data folder and its HTTP server say.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { second } from "../clock.ts";
import type { Context } from "./context.ts";

export type NodeStatus = {
  running: boolean;
  pid: number | null;
  url: string | null;
  ready: boolean;
  reasons: string[];
};

const patience = 2 * second;

/** The process that holds a data folder; undefined when none does, whatever an earlier one has left there. */
export function runningNode(dataDir: string): number | undefined {
  if (!isLocked(join(dataDir, "lock.sqlite"))) return undefined;
  try {
    return (JSON.parse(readFileSync(join(dataDir, "lock.json"), "utf8")) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

/** The system gives the lock up with the process that held it; while it is held, nobody can even read. */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const probe = new Sqlite(path, { readonly: true, timeout: 0 });
  try {
    probe.prepare("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch {
    return true;
  } finally {
    probe.close();
  }
}

export async function readNodeStatus({ config }: Pick<Context, "config">): Promise<NodeStatus> {
  const pid = runningNode(config.dataDir) ?? null;
  const url = `http://${config.httpHost.includes(":") ? `[${config.httpHost}]` : config.httpHost}:${config.httpPort}`;
  if (pid === null) return { running: false, pid, url: null, ready: false, reasons: [] };
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(patience) });
    const { reasons } = (await response.json()) as { reasons: string[] };
    return { running: true, pid, url, ready: response.ok, reasons };
  } catch {
    return { running: true, pid, url, ready: false, reasons: ["Its HTTP server does not answer."] };
  }
}
