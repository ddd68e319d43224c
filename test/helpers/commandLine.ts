// Runs the assay command in this process, with what it printed; or as a child process, line by line.
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runCommandLine } from "../../node/cli/run.ts";
import { commands } from "../../node/commands/index.ts";

export type Ran = {
  code: number;
  stdout: string;
  stderr: string;
  /** The JSON object on stdout; of several lines the last one. */
  json: Record<string, unknown> & { error?: Record<string, unknown> };
};

export type RunOptions = {
  folder?: string;
  environment?: Record<string, string>;
  stdin?: string;
  signals?: EventEmitter;
  /** Called with every line of standard output. */
  onLine?: (line: string) => void;
};

/** `assay ARGV`, in a folder without settings unless one is given. */
export async function assay(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { folder = tmpdir(), environment = {}, stdin = "", signals = new EventEmitter(), onLine } = options;
  let stdout = "";
  let stderr = "";
  const code = await runCommandLine(argv, commands, {
    environment,
    folder,
    stdin: Readable.from(stdin === "" ? [] : [stdin]),
    stdout: {
      write: (text) => {
        stdout += text;
        for (const line of text.split("\n")) if (line !== "") onLine?.(line);
      },
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    signals,
  });
  return { code, stdout, stderr, json: lastJson(stdout) };
}

function lastJson(stdout: string): Ran["json"] {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as Ran["json"]) : {};
}

/** A folder of its own, gone with the test. */
export function temporaryHome(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "assay-cli-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export type Running = {
  child: ChildProcess;
  /** The first JSON line for which `test` holds; rejects when the process ends before. */
  line(test: (event: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
};

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `assay ARGV` as a process of its own, from the sources. */
export function spawnAssay(argv: readonly string[], folder: string): Running {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const node = ["--conditions=assay-source", "--import", tsx, join(root, "node", "cli.ts"), ...argv];
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("ASSAY_")),
  );
  const child = spawn(process.execPath, node, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const news = new EventEmitter();
  news.setMaxListeners(50);
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
    news.emit("news");
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
      news.emit("news", true);
    });
  });
  return {
    child,
    ended,
    line: (test) =>
      new Promise((resolve, reject) => {
        const look = (isOver?: boolean) => {
          const whole = stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n");
          const events = whole
            .filter((one) => one.startsWith("{"))
            .map((one) => JSON.parse(one) as Record<string, unknown>);
          const found = events.find(test);
          if (found === undefined && isOver !== true) return;
          news.off("news", look);
          if (found === undefined)
            reject(new Error(`The process ended without the line\n${stdout}\n${stderr}`));
          else resolve(found);
        };
        news.on("news", look);
        look(child.exitCode !== null);
      }),
  };
}
