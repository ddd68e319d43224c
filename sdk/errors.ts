// The root of every error that the SDK throws: what happened, the facts, the cause.

export type Facts = Readonly<Record<string, unknown>>;

export interface BaseErrorOptions {
  facts?: Facts;
  cause?: unknown;
}

const describeFact = (fact: unknown): string =>
  typeof fact === "object"
    ? JSON.stringify(fact, (_, value) => (typeof value === "bigint" ? value.toString() : value))
    : String(fact);

function describeCause(cause: unknown): string {
  if (cause instanceof BaseError) return `${cause.name}: ${cause.shortMessage}`;
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  return String(cause);
}

/**
 * An error whose message has three parts: one sentence, a blank line and the facts one per line, the cause.
 * @example
 * import { BaseError } from "@assay/sdk";
 * new BaseError("The input has the wrong length.", { facts: { given: 63, required: 64 } }).message;
 * // "The input has the wrong length.\n\ngiven: 63\nrequired: 64"
 */
export class BaseError extends Error {
  override name: string = "BaseError";
  readonly shortMessage: string;
  readonly facts: Facts;

  constructor(shortMessage: string, { facts = {}, cause }: BaseErrorOptions = {}) {
    const lines = Object.entries(facts).map(([key, value]) => `${key}: ${describeFact(value)}`);
    if (cause !== undefined) lines.push(`cause: ${describeCause(cause)}`);
    super([shortMessage, ...(lines.length > 0 ? ["", ...lines] : [])].join("\n"), { cause });
    this.shortMessage = shortMessage;
    this.facts = facts;
  }
}
