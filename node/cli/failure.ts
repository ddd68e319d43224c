// What went wrong, for people and for scripts: name, sentence, bounds, what to do. Never a stack trace unless asked for.
import { ContractError, WorkerRefusedError } from "@assay/sdk";
import { BaseError as ViemError } from "viem";
import { isEndpointFailure } from "../chain/rpcErrors.ts";
import { ConfigError, exitCodeOf, exitCodes, FatalError } from "../errors.ts";
import { facts as columns, tokenText } from "./layout.ts";
import { remedies } from "./remedies.ts";

/** The command line itself is wrong. */
export class UsageError extends FatalError {
  override name = "UsageError";
}

/** The command was interrupted by a signal. */
export class InterruptedError extends FatalError {
  override name = "InterruptedError";

  constructor() {
    super("Interrupted.");
  }
}

/** 0: done. 1: refused or failed, trying again does not help. 2: the command line or a setting is wrong. 75: try later. */
export const exits = { ...exitCodes, usage: 2, interrupted: 130 } as const;

export type Failure = {
  name: string;
  message: string;
  facts: Readonly<Record<string, unknown>>;
  hint: string | undefined;
  causes: readonly string[];
  exitCode: number;
  stack: string | undefined;
};

/** Errors that say: the same will do, later. */
const early = [
  "WaitTimeoutError",
  "ResultNotAvailableError",
  "WaitForTransactionReceiptTimeoutError",
  "NothingToWithdrawError",
  "NothingToTakeError",
  "AnswerPendingError",
  "ReceiptWaitTimeoutError",
  "WorkerUnreachableError",
  "BooksBusyError",
  "NothingToSettleError",
  "DeadlineNotReachedError",
  "ClockRunningError",
  "WorkerToMoveError",
];

/** Refusals of a worker that may pass by themselves. */
const passing = ["allotment", "busy", "notReady"];

export function describeFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "Error";
  const { hint, ...facts } = isForeseen(error) ? error.facts : {};
  return {
    name,
    message: sentenceOf(error),
    facts,
    hint: typeof hint === "string" ? hint : (remedies[name] ?? remedyOfCause(error) ?? fallbackHint(error)),
    causes: causesOf(error),
    exitCode: exitCode(error),
    stack: error instanceof Error ? error.stack : undefined,
  };
}

export function renderFailure(failure: Failure, { debug }: { debug: boolean }): string {
  const lines = [`error: ${failure.name}: ${failure.message}`];
  const rows = Object.entries(failure.facts).map(([name, value]) => [name, factText(name, value)] as const);
  if (rows.length > 0) lines.push(columns(rows, "  "));
  for (const cause of failure.causes) lines.push(`  because: ${cause}`);
  if (failure.hint !== undefined) lines.push(`  what to do: ${failure.hint}`);
  if (debug && failure.stack !== undefined) lines.push("", failure.stack);
  return `${lines.join("\n")}\n`;
}

/** An error with a sentence and facts, whichever copy of the SDK threw it. */
function isForeseen(
  error: unknown,
): error is { shortMessage: string; facts: Readonly<Record<string, unknown>> } {
  const { shortMessage, facts } = (error ?? {}) as { shortMessage?: unknown; facts?: unknown };
  return typeof shortMessage === "string" && typeof facts === "object" && facts !== null;
}

function exitCode(error: unknown): number {
  if (error instanceof InterruptedError) return exits.interrupted;
  if (error instanceof UsageError || error instanceof ConfigError) return exits.usage;
  if (error instanceof Error && early.includes(error.name)) return exits.retryable;
  if (error instanceof WorkerRefusedError && passing.includes(error.reason)) return exits.retryable;
  if (error instanceof ContractError) return exits.fatal;
  return isEndpointFailure(error) ? exits.retryable : exitCodeOf(error);
}

function sentenceOf(error: unknown): string {
  if (isForeseen(error) || error instanceof ViemError) return error.shortMessage;
  return error instanceof Error ? error.message : String(error);
}

function causesOf(error: unknown): string[] {
  // A decoded revert is the whole story: what carried it says nothing more.
  if (error instanceof ContractError) return [];
  const [, ...rest] = chain(error);
  const sentences = rest.map(
    (cause) => `${cause instanceof Error ? `${cause.name}: ` : ""}${sentenceOf(cause)}`,
  );
  return sentences.filter((sentence, index) => sentences.indexOf(sentence) === index);
}

function chain(error: unknown): unknown[] {
  const links: unknown[] = [];
  for (
    let link = error;
    link !== undefined && link !== null && links.length < 8;
    link = (link as Error).cause
  ) {
    links.push(link);
    if (!(link instanceof Error)) break;
  }
  return links;
}

function remedyOfCause(error: unknown): string | undefined {
  for (const link of chain(error)) {
    const remedy = link instanceof Error ? remedies[link.name] : undefined;
    if (remedy !== undefined) return remedy;
  }
  return undefined;
}

function fallbackHint(error: unknown): string | undefined {
  if (isForeseen(error) || error instanceof ViemError) return undefined;
  return "Nobody foresaw this error: run the command again with --debug and report what it prints";
}

/** Facts that are amounts of tokens, where they are large enough to be. */
const amounts = [
  ...["free", "given", "required", "minimum", "maximum", "fee", "maxFee", "held", "amount"],
  ...["agreed", "available", "demanded", "liability", "owed", "paid", "writeOff"],
];

function factText(name: string, value: unknown): string {
  if (typeof value === "bigint" && value >= 10n ** 12n && amounts.includes(name)) return tokenText(value);
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? item.toString() : item));
}
