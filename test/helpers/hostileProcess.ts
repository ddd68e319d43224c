// Reads damaged files in another process, so that a crash, a hang or a full memory is an outcome too.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { HostileKind } from "./hostileKinds.ts";

/** One file's outcome: the name of the typed refusal, or that its program was accepted and the same everywhere. */
export interface HostileOutcome {
  readonly seed: number;
  readonly refused?: string;
  readonly accepted?: string;
  /** most memory that the process had until then */
  readonly megabytes: number;
  readonly milliseconds: number;
}

/** What one file did that no file may do. */
export interface HostileFailure {
  readonly seed: number;
  readonly failure: string;
}

const MAX_SECONDS = 20;
/** Of a loaded machine, until a process is ready to read. */
const MAX_SECONDS_TO_START = 120;
const main = fileURLToPath(new URL("hostileMain.ts", import.meta.url));

/** The files `first` to `last` of one kind; stops at the first failure. */
async function readSome(
  kind: HostileKind,
  first: number,
  last: number,
  outcomes: HostileOutcome[],
): Promise<HostileFailure | undefined> {
  const arguments_ = [
    "--conditions=assay-source",
    "--import",
    "tsx",
    main,
    kind,
    String(first),
    String(last),
  ];
  const child = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? String(code)));
  });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-2000);
  });
  let next = first;
  let started = performance.now();
  let seconds = MAX_SECONDS_TO_START;
  let late = false;
  const watch = setInterval(() => {
    late ||= performance.now() - started > 1000 * seconds;
    if (late) child.kill("SIGKILL");
  }, 500);
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const now = performance.now();
    if (seconds === MAX_SECONDS_TO_START) {
      seconds = MAX_SECONDS;
      started = now;
      continue;
    }
    outcomes.push({ ...(JSON.parse(line) as HostileOutcome), milliseconds: now - started });
    started = now;
    next++;
  }
  const end = await exit;
  clearInterval(watch);
  if (late) return { seed: next, failure: `took longer than ${seconds} s` };
  return next > last ? undefined : { seed: next, failure: `ended the process (${end}): ${complaint}` };
}

/** All of them; after a failure goes on behind it. */
export async function readHostile(
  kind: HostileKind,
  first: number,
  last: number,
): Promise<{ outcomes: HostileOutcome[]; failures: HostileFailure[] }> {
  const outcomes: HostileOutcome[] = [];
  const failures: HostileFailure[] = [];
  for (let from = first; from <= last; ) {
    const failure = await readSome(kind, from, last, outcomes);
    if (!failure) break;
    failures.push(failure);
    from = failure.seed + 1;
  }
  return { outcomes, failures };
}
