// What goes wrong on this side of the chain: missing settings, transactions that failed, results that did not come.
import type { Hash, Hex } from "viem";
import { BaseError } from "../errors.ts";
import type { InputStatus, RequestStatus } from "../protocol/enums.ts";

export class UnknownChainError extends BaseError {
  override readonly name = "UnknownChainError";
  constructor({ chainId, known }: { chainId: number; known: readonly number[] }) {
    super("The protocol has no public deployment on this chain: pass a deployment.", {
      facts: { chainId, known: known.join(", ") || "none" },
    });
  }
}

export class InvalidDeploymentError extends BaseError {
  override readonly name = "InvalidDeploymentError";
  constructor({ field, value }: { field: string; value: unknown }) {
    super("The deployment lacks a field, or the field is malformed.", {
      facts: { field, value: String(value) },
    });
  }
}

export class OutdatedDeploymentError extends BaseError {
  override readonly name = "OutdatedDeploymentError";
  constructor(facts: { chainId: number; missing: string }) {
    super("The deployment is of contracts before channels: deploy again, or use an earlier version.", {
      facts,
    });
  }
}

export class InvalidSignedRequestError extends BaseError {
  override readonly name = "InvalidSignedRequestError";
  constructor({ field, value }: { field: string; value: unknown }) {
    super("The signed request lacks a field, or the field is malformed.", {
      facts: { field, value: String(value) },
    });
  }
}

export class MissingAccountError extends BaseError {
  override readonly name = "MissingAccountError";
  constructor() {
    super("Writing needs an account: give one to the client or to the action.");
  }
}

export class InsufficientAllowanceError extends BaseError {
  override readonly name = "InsufficientAllowanceError";
  constructor(facts: { given: bigint; required: bigint }) {
    super("The vault may not take that many tokens, and approving was switched off.", { facts });
  }
}

export class TransactionRevertedError extends BaseError {
  override readonly name = "TransactionRevertedError";
  constructor(facts: { hash: Hash; functionName: string }, cause?: unknown) {
    super("The transaction reverted in its block, although it had passed the simulation.", { facts, cause });
  }
}

export class TransactionCancelledError extends BaseError {
  override readonly name = "TransactionCancelledError";
  constructor(facts: { hash: Hash; replacedBy: Hash }) {
    super("The sender replaced the transaction by another one.", { facts });
  }
}

export class MissingEventError extends BaseError {
  override readonly name = "MissingEventError";
  constructor(facts: { eventName: string; hash: Hash }) {
    super("The transaction succeeded without its event: is the deployment's address right?", { facts });
  }
}

export class ProgramNotFoundError extends BaseError {
  override readonly name = "ProgramNotFoundError";
  constructor(facts: { programId: Hex }) {
    super("The program is not registered.", { facts });
  }
}

export class RequestNotFoundError extends BaseError {
  override readonly name = "RequestNotFoundError";
  constructor(facts: { requestId: Hex }) {
    super("The market knows no such request.", { facts });
  }
}

export class CommitmentNotFoundError extends BaseError {
  override readonly name = "CommitmentNotFoundError";
  constructor(facts: { commitId: Hex }) {
    super("No such commitment was published or recorded.", { facts });
  }
}

export class DisputeNotFoundError extends BaseError {
  override readonly name = "DisputeNotFoundError";
  constructor(facts: { disputeId: Hex }) {
    super("The game knows no such dispute.", { facts });
  }
}

export class FeeAboveMaximumError extends BaseError {
  override readonly name = "FeeAboveMaximumError";
  constructor(facts: { fee: bigint; maxFee: bigint }) {
    super("The request would cost more than the given maximum.", { facts });
  }
}

export class ResultNotAvailableError extends BaseError {
  override readonly name = "ResultNotAvailableError";
  constructor(facts: { requestId: Hex; status: RequestStatus }) {
    super("The request has no result.", { facts });
  }
}

export class RequestFailedError extends BaseError {
  override readonly name = "RequestFailedError";
  constructor(facts: { requestId: Hex; status: RequestStatus }) {
    super(`The request ended without a valid result: it is ${facts.status}.`, { facts });
  }
}

export class WaitTimeoutError extends BaseError {
  override readonly name = "WaitTimeoutError";
  constructor(facts: { requestId: Hex; level: string; timeout: number; status: RequestStatus }) {
    super("The result did not reach the asked level in time.", { facts });
  }
}

export class MissingLogError extends BaseError {
  override readonly name = "MissingLogError";
  constructor(facts: { event: string; requestId: Hex }) {
    super("The endpoint does not serve the log of this event: it lies before `fromBlock`, or was pruned.", {
      facts,
    });
  }
}

export class WrongBytesError extends BaseError {
  override readonly name = "WrongBytesError";
  constructor(facts: { what: "request" | "input" | "output"; computed: Hex; committed: Hex }) {
    const what = facts.what === "request" ? "a request" : `an ${facts.what}`;
    super(`The endpoint served ${what} that does not hash to what the chain committed to.`, { facts });
  }
}

export class InputNotPublishedError extends BaseError {
  override readonly name = "InputNotPublishedError";
  constructor(facts: { requestId: Hex; inputRoot: Hex }) {
    super("The input stands nowhere on the chain: ask its requester for it.", { facts });
  }
}

export class InputNotAskedError extends BaseError {
  override readonly name = "InputNotAskedError";
  constructor(facts: { id: Hex; status: InputStatus }) {
    super("Nobody waits for this input: it was not asked for, or its time is over.", { facts });
  }
}

export class ChannelNotFoundError extends BaseError {
  override readonly name = "ChannelNotFoundError";
  constructor(facts: { channelId: Hex }) {
    super("Nothing was ever deposited in this channel.", { facts });
  }
}
