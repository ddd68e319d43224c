// Why a payer does not pay for a receipt, and what goes wrong between it and a worker.
import type { Address, Hex } from "viem";
import { BaseError } from "../errors.ts";

// THE WORKER'S SERVER

export class WorkerUnreachableError extends BaseError {
  override readonly name = "WorkerUnreachableError";
  constructor({ cause, ...facts }: { url: string; cause: unknown }) {
    super("The worker's server did not answer.", { facts, cause });
  }
}

export class MalformedAnswerError extends BaseError {
  override readonly name = "MalformedAnswerError";
  constructor(facts: { url: string; field: string }) {
    super("The worker's server answers something that is not understood.", { facts });
  }
}

export class WorkerRefusedError extends BaseError {
  override readonly name = "WorkerRefusedError";
  /** As the worker names it: `notServed`, `price`, `allotment` … */
  readonly reason: string;
  /** `explanation` and `details` are the worker's own words. */
  constructor(facts: {
    url: string;
    status: number;
    reason: string;
    explanation: string;
    details: Readonly<Record<string, unknown>>;
  }) {
    super("The worker refuses the request; nothing is owed for it.", { facts });
    this.reason = facts.reason;
  }
}

// BEFORE ANYTHING IS SIGNED

export class NotPayerError extends BaseError {
  override readonly name = "NotPayerError";
  constructor(facts: { channelId: Hex; payer: Address; account: Address }) {
    super("The channel is another payer's.", { facts });
  }
}

export class OtherWorkerError extends BaseError {
  override readonly name = "OtherWorkerError";
  constructor(facts: { url: string; given: Address; expected: Address }) {
    super("The server is another worker's than the channel.", { facts });
  }
}

export class NotOfferedError extends BaseError {
  override readonly name = "NotOfferedError";
  constructor(facts: {
    what: "program" | "version";
    asked: Hex | number;
    offered: readonly (Hex | number)[];
  }) {
    super(`The worker does not offer the ${facts.what}.`, { facts });
  }
}

export class InputLengthError extends BaseError {
  override readonly name = "InputLengthError";
  constructor(facts: { given: number; required: number }) {
    super("The input has another length than the program reads.", { facts });
  }
}

export class SessionKeyNotAuthorisedError extends BaseError {
  override readonly name = "SessionKeyNotAuthorisedError";
  /** `until`: unix seconds at which the key's receipts lose their worth; `never authorised` or `none offered` otherwise. */
  constructor(facts: { worker: Address; x: Hex | undefined; until: bigint | string }) {
    super("The worker did not authorise the session key, or has revoked it.", { facts });
  }
}

export class EscrowTooSmallError extends BaseError {
  override readonly name = "EscrowTooSmallError";
  constructor(facts: { channelId: Hex; available: bigint; required: bigint }) {
    super("The channel's escrow does not cover what would be owed.", { facts });
  }
}

export class ReceiptUncoveredError extends BaseError {
  override readonly name = "ReceiptUncoveredError";
  constructor(facts: { channelId: Hex; liability: bigint; free: bigint }) {
    super("What is free of the channel's allotment does not cover the receipt's liability.", { facts });
  }
}

export class PaidWithoutReceiptError extends BaseError {
  override readonly name = "PaidWithoutReceiptError";
  constructor(facts: { channelId: Hex; paid: bigint; owed: bigint; writeOff: bigint }) {
    super("The worker was paid more than the receipts in these books cost.", { facts });
  }
}

export class UnsettledChannelError extends BaseError {
  override readonly name = "UnsettledChannelError";
  /** `demanded`: what the worker wants to be promised in all; `owed`: what these books say, the new answer included. */
  constructor(facts: { channelId: Hex; demanded: bigint; owed: bigint; writeOff: bigint }) {
    super("The worker counts more answers than these books: one was lost on the way, or it counts wrongly.", {
      facts,
    });
  }
}

// THE RECEIPT

export class InvalidReceiptError extends BaseError {
  override readonly name = "InvalidReceiptError";
  constructor({ field, value }: { field: string; value: unknown }) {
    super("The receipt lacks a field, or the field is malformed.", {
      facts: { field, value: String(value) },
    });
  }
}

export class ReceiptSignatureError extends BaseError {
  override readonly name = "ReceiptSignatureError";
  constructor(facts: { receiptId: Hex }) {
    super("The receipt is not signed by the key that it came with.", { facts });
  }
}

export class ReceiptMismatchError extends BaseError {
  override readonly name = "ReceiptMismatchError";
  constructor(facts: { field: string; given: unknown; expected: unknown }) {
    super("The receipt is about something else than what was asked.", { facts });
  }
}

export class ReceiptFeeError extends BaseError {
  override readonly name = "ReceiptFeeError";
  constructor(facts: { fee: bigint; agreed: bigint }) {
    super("The receipt has another fee than was agreed.", { facts });
  }
}

export class ReceiptLiabilityError extends BaseError {
  override readonly name = "ReceiptLiabilityError";
  constructor(facts: { liability: bigint; required: bigint }) {
    super("The worker is liable for less than the tier demands.", { facts });
  }
}

export class ReceiptTimeError extends BaseError {
  override readonly name = "ReceiptTimeError";
  constructor(facts: {
    issuedAt: bigint;
    challengeUntil: bigint;
    receiptSeconds: number;
    /** Unix seconds of the chain when the question was asked first, and when the answer came. */
    askedAt: bigint;
    now: bigint;
  }) {
    super(
      "The receipt was not issued for this question, or can be challenged for another time than promised.",
      {
        facts,
      },
    );
  }
}

export class ReceiptReplayedError extends BaseError {
  override readonly name = "ReceiptReplayedError";
  constructor(facts: { receiptId: Hex }) {
    super("The receipt was paid for before.", { facts });
  }
}

export class ReceiptRightError extends BaseError {
  override readonly name = "ReceiptRightError";
  constructor(facts: { receiptId: Hex; outputRoot: Hex }) {
    super("The program, run again, gives the receipt's output: a dispute would be lost.", { facts });
  }
}

export class ReceiptWaitTimeoutError extends BaseError {
  override readonly name = "ReceiptWaitTimeoutError";
  constructor(facts: { receiptId: Hex; epoch: bigint; dueAt: bigint; timeout: number }) {
    super("The receipt's epoch was not posted in the given time.", { facts });
  }
}

export class BooksBusyError extends BaseError {
  override readonly name = "BooksBusyError";
  constructor(facts: { channelId: Hex; attempts: number }) {
    super("Somebody else keeps writing these books.", { facts });
  }
}

export class InvalidBooksError extends BaseError {
  override readonly name = "InvalidBooksError";
  constructor(facts: { channelId: Hex }) {
    super("The stored books are damaged: without them nobody knows what was paid.", { facts });
  }
}
