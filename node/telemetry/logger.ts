// The node's log: constant sentences with facts as fields, one JSON object a line, or lines for people at a terminal.
// debug: for developers. info: nothing to do. warn: look at it some day. error: look at it today. fatal: act now.
import { type Logger as PinoLogger, pino } from "pino";
import { createPrettyStream, type Destination } from "./prettyStream.ts";
import { describeError, plain } from "./serialize.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  fatal(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
  /** Changes the level of this logger and of the children made from it later. */
  setLevel(level: LogLevel): void;
};

export type LoggerOptions = {
  level?: LogLevel;
  format?: "auto" | "json" | "pretty";
  destination?: Destination & { isTTY?: boolean | undefined };
};

/** Fields of these names never reach a log, at any depth that the node logs. */
const secretNames = [
  "password",
  "privateKey",
  "mnemonic",
  "secret",
  "authorization",
  "cookie",
  "keystore",
  "token",
];

const redaction = {
  paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: "***",
};

export function createLogger({
  level = "info",
  format = "auto",
  destination = process.stderr,
}: LoggerOptions = {}): Logger {
  const isPretty = format === "pretty" || (format === "auto" && destination.isTTY === true);
  const stream = isPretty ? createPrettyStream(destination) : destination;
  const root = pino(
    {
      level,
      base: null,
      redact: redaction,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return wrap(root);
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  fatal: () => {},
  child: () => silentLogger,
  setLevel: () => {},
};

function wrap(target: PinoLogger): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (!target.isLevelEnabled(level)) return;
    target[level](fields === undefined ? {} : serialize(fields), message);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    child: (fields) => wrap(target.child(serialize(fields))),
    setLevel: (level) => {
      target.level = level;
    },
  };
}

function serialize(fields: LogFields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) =>
    value instanceof Error ? [name, describeError(value)] : [name, plain(value)],
  );
  const first = Object.values(fields).find((value) => value instanceof Error);
  const code = first === undefined ? {} : { errorCode: first.name };
  return { ...code, ...Object.fromEntries(entries) };
}
