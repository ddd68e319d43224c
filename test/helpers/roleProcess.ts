// A role as a process of its own, for stories in which it is killed: reports its events as lines of JSON.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Deployment } from "@assay/sdk";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import { decodeJson, encodeJson } from "../../node/store/json.ts";

export interface RoleTask {
  role: "worker" | "watchtower";
  url: string;
  deployment: Deployment;
  /** Seed of the convolutional network that is served and watched. */
  seed: number;
  programId: `0x${string}`;
  /** Where its journal is; kept from one start to the next. */
  folder: string;
}

export interface RoleProcess {
  events: RoleEvent[];
  /** Waits for an event, also one that was reported before. */
  until(holds: (event: RoleEvent) => boolean): Promise<RoleEvent>;
  /** SIGKILL: nothing is finished, flushed or closed. */
  kill(): Promise<void>;
}

const patience = 60_000;

export function startRole(task: RoleTask): RoleProcess {
  const main = fileURLToPath(new URL("roleMain.ts", import.meta.url));
  const argv = ["--conditions=assay-source", "--import", "tsx", main, encodeJson(task)];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  const events: RoleEvent[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  child.stderr.on("data", (text: Buffer) => errors.push(text.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    events.push(decodeJson<RoleEvent>(line));
    for (const look of waiting) look();
  });
  return {
    events,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => done(() => reject(new Error(`Nothing happened: ${seen()}`))),
          patience,
        );
        const done = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          const event = events.find(holds);
          if (event) done(() => resolve(event));
        };
        waiting.add(look);
        look();
      }),
    kill: () => end(child),
  };

  function seen(): string {
    return `${events.map(({ kind }) => kind).join(" ")} ${errors.join("")}`;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
