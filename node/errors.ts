// The node's only question about an error is answered by its type: try again (RetryableError) or stop (FatalError).
import { BaseError } from "@assay/sdk";

export type ErrorDetails = {
  facts?: Record<string, unknown>;
  cause?: unknown;
  /** What the operator should do, one sentence. */
  hint?: string;
};

/** Something outside the process failed for now: waiting and trying again is right. Giving up on it exits with 75. */
export class RetryableError extends BaseError {
  override name = "RetryableError";

  constructor(shortMessage: string, details: ErrorDetails = {}) {
    super(shortMessage, toBaseDetails(details));
  }
}

/** Trying again cannot help: a person has to change something first. Exits with 1. */
export class FatalError extends BaseError {
  override name = "FatalError";

  constructor(shortMessage: string, details: ErrorDetails = {}) {
    super(shortMessage, toBaseDetails(details));
  }
}

/** A setting is missing, unknown, out of range or contradicted by another. */
export class ConfigError extends FatalError {
  override name = "ConfigError";
}

/** A key file or password file is missing, unreadable, too open, or does not decrypt. */
export class KeyError extends FatalError {
  override name = "KeyError";
}

/** The data directory is in use, damaged, or written by a newer version. */
export class StoreError extends FatalError {
  override name = "StoreError";
}

/** Stored bytes do not hash to their name, or fetched bytes are not what the chain names. */
export class IntegrityError extends FatalError {
  override name = "IntegrityError";
}

/** The journal holds another answer to the same question: signing a second one would be equivocation. */
export class ConflictingAnswerError extends FatalError {
  override name = "ConflictingAnswerError";
}

/** No RPC endpoint answered. */
export class EndpointsUnavailableError extends RetryableError {
  override name = "EndpointsUnavailableError";
}

/** Two RPC endpoints gave different answers about the same block: nothing that costs money may follow from either. */
export class EndpointsDisagreeError extends RetryableError {
  override name = "EndpointsDisagreeError";
}

/** An endpoint serves another chain, or the chain lacks what the node needs. */
export class WrongChainError extends FatalError {
  override name = "WrongChainError";
}

/** The chain was re-organised beyond the block hashes that the node keeps. */
export class ReorgTooDeepError extends FatalError {
  override name = "ReorgTooDeepError";
}

/** A transaction was mined and reverted, or can no longer be sent in time. */
export class TransactionFailedError extends RetryableError {
  override name = "TransactionFailedError";
}

/** No pool takes the transaction, or no block can hold it: it is never signed, so that it blocks no nonce. */
export class TransactionTooLargeError extends TransactionFailedError {
  override name = "TransactionTooLargeError";
}

/** This machine does not compute what the reference executor computes. */
export class SelfTestError extends FatalError {
  override name = "SelfTestError";
}

export const exitCodes = { ok: 0, fatal: 1, retryable: 75 } as const;

/** What the process exits with after `error`; an error nobody classified is fatal. */
export function exitCodeOf(error: unknown): number {
  return error instanceof RetryableError ? exitCodes.retryable : exitCodes.fatal;
}

/** True when waiting and trying again may help. */
export function isRetryable(error: unknown): boolean {
  return error instanceof RetryableError;
}

function toBaseDetails({ facts, cause, hint }: ErrorDetails): {
  facts?: Record<string, unknown>;
  cause?: unknown;
} {
  const all = hint === undefined ? facts : { ...facts, hint };
  return { ...(all && { facts: all }), ...(cause !== undefined && { cause }) };
}
