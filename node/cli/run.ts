// Runs one command line: parse, validate, resolve the settings, run, print, and say how it ended.
import { CommanderError } from "commander";
import { systemClock } from "../clock.ts";
import { loadConfig, optionsOf } from "../config.ts";
import { createLogger } from "../telemetry/logger.ts";
import { version } from "../version.ts";
import type { Command, Parameter, Parameters, Result } from "./command.ts";
import type { Context, Io } from "./context.ts";
import { describeFailure, exits, InterruptedError, renderFailure, UsageError } from "./failure.ts";
import { createOutput, toJson } from "./output.ts";
import { createProgram, flagWord, type Invocation } from "./program.ts";
import { createProgress } from "./progress.ts";

/** Runs `argv`, without the words of the process, and returns its exit code. Never throws. */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  io: Io,
): Promise<number> {
  const json = argv.includes("--json");
  const debug = argv.includes("--debug");
  let exitCode: number = exits.ok;
  const program = createProgram({
    commands,
    version,
    stdout: (text) => void io.stdout.write(text),
    invoke: async (invocation) => {
      exitCode = await invoke(invocation, io);
    },
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exits.ok;
    if (error instanceof CommanderError && error.code === "commander.help") {
      io.stderr.write(helpOf(program, argv));
      return exits.usage;
    }
    const failure = describeFailure(error instanceof CommanderError ? toUsageError(error) : error);
    const { stack, ...shown } = failure;
    if (json) io.stdout.write(`${toJson({ error: debug ? failure : shown })}\n`);
    else io.stderr.write(renderFailure(failure, { debug }));
    return failure.exitCode;
  }
}

async function invoke({ command, args, flags }: Invocation, io: Io): Promise<number> {
  const given = {
    ...validate(command.args, args, (name) => `<${name}>`),
    ...validate(command.flags, flags, flagWord),
  };
  const resolved = loadConfig({
    flags: settingsOf(command, flags),
    environment: io.environment,
    folder: io.folder,
  });
  const debug = flags.debug === true;
  const json = flags.json === true;
  const controller = new AbortController();
  const logger = createLogger({
    level: debug ? "debug" : resolved.config.logLevel,
    format: resolved.config.logFormat,
    destination: io.stderr,
  });
  const quiet = json;
  const context: Context = {
    config: resolved.config,
    resolved,
    output: createOutput({ json, stdout: io.stdout }),
    logger,
    clock: systemClock,
    io,
    debug,
    signal: controller.signal,
    note: (text) => void (quiet || io.stderr.write(`${text}\n`)),
    progress: (label) => createProgress(label, { stderr: io.stderr, clock: systemClock, quiet }),
  };
  if (command.runsOn) return run(command, context, given);
  const interrupt = () => controller.abort(new InterruptedError());
  io.signals.on("SIGINT", interrupt);
  io.signals.on("SIGTERM", interrupt);
  try {
    return await Promise.race([run(command, context, given), rejectOn(controller.signal)]);
  } finally {
    io.signals.off("SIGINT", interrupt);
    io.signals.off("SIGTERM", interrupt);
  }
}

async function run(command: Command, context: Context, given: Record<string, unknown>): Promise<number> {
  const result: Result & { exitCode?: number } = await command.run(context, given as never);
  context.output.result(result, command.render);
  return result.exitCode ?? exits.ok;
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function validate(
  parameters: Parameters,
  typed: Readonly<Record<string, unknown>>,
  show: (name: string) => string,
) {
  const given = Object.entries(parameters).map(([name, parameter]) => [
    name,
    parameterValue(parameter, typed[name], show(name)),
  ]);
  return Object.fromEntries(given) as Record<string, unknown>;
}

function parameterValue(
  { schema, required, fallback, help, placeholder }: Parameter<unknown>,
  typed: unknown,
  shown: string,
): unknown {
  if (typed === undefined || (Array.isArray(typed) && typed.length === 0)) {
    if (required) throw new UsageError(`${shown} is needed.`, { hint: help });
    return placeholder === undefined ? false : fallback;
  }
  const result = schema.safeParse(typed);
  if (result.success) return result.data;
  throw new UsageError(`${shown}: ${result.error.issues.map((issue) => issue.message).join("; ")}.`, {
    hint: help,
  });
}

/** The values of settings among the flags, as `loadConfig` takes them. */
function settingsOf(command: Command, flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = optionsOf(...command.scopes).map(({ name, option }) =>
    option.secret === "value" ? `${name}File` : name,
  );
  return Object.fromEntries(names.map((name) => [name, flags[name]]));
}

function toUsageError(error: CommanderError): UsageError {
  const [sentence = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = rest
    .join(" ")
    .replace(/^\(|\)$/g, "")
    .trim();
  const hint = suggestion === "" ? "Run the command with --help to see what it takes" : suggestion;
  return new UsageError(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, { hint });
}

function helpOf(program: ReturnType<typeof createProgram>, argv: readonly string[]): string {
  const words = argv.filter((word) => !word.startsWith("-"));
  const found = program.commands.find((command) => command.name() === words[0]);
  return (found ?? program).helpInformation();
}
