// Whether a node of these settings runs on this machine, as its data folder and its HTTP server say.
import { readFileSync } from "node:fs";
import { join } from "node:path";
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

/** The process that holds a data folder; undefined when none does. */
export function runningNode(dataDir: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDir, "lock.json"), "utf8")) as { pid: number };
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
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
