// What a command is given: settings, output, log, time, and the signal that ends it.
import type { Clock } from "../clock.ts";
import type { Config, ResolvedConfig } from "../config.ts";
import type { Signals } from "../lifecycle.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Output, Sink } from "./output.ts";

/** The process, or what a test puts in its place. */
export type Io = {
  environment: Readonly<Record<string, string | undefined>>;
  /** Where assay.yaml is looked for. */
  folder: string;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: Sink;
  stderr: Sink;
  signals: Signals;
};

export type Context = {
  config: Config;
  resolved: ResolvedConfig;
  output: Output;
  logger: Logger;
  clock: Clock;
  io: Io;
  debug: boolean;
  /** Aborts at the first SIGINT or SIGTERM; commands that run on take signals themselves instead. */
  signal: AbortSignal;
  /** Tells people what is going on; silent with `--json`. */
  note(text: string): void;
  progress(label: string): Progress;
};

export type Progress = {
  /** `share` from 0 to 1; undefined when nobody knows. */
  update(text: string, share?: number): void;
  done(): void;
};
