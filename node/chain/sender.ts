// Sends transactions of one key: journalled by idempotency key, one nonce queue, awaited until mined, resumed after a crash.
import { type ContractCall, encodeCall } from "@assay/sdk";
import type { Address, Hex, TransactionReceipt } from "viem";
import { type Clock, day, hour, unixSeconds } from "../clock.ts";
import { createDeferred, type Deferred } from "../deferred.ts";
import { EndpointsDisagreeError, EndpointsUnavailableError, TransactionFailedError } from "../errors.ts";
import type { Signer } from "../keys/keystore.ts";
import type { Component } from "../lifecycle.ts";
import { createLoop, untilAborted } from "../loop.ts";
import type { Database } from "../store/database.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Endpoints } from "./endpoints.ts";
import type { FeePolicy } from "./fees.ts";
import { isEndpointFailure } from "./rpcErrors.ts";
import { paidIn } from "./spending.ts";
import { createSubmission, type Submission } from "./submission.ts";
import { createTracker, receiptOf, type Tracker } from "./tracker.ts";
import { type Asked, createTransactions, type Transaction, type Transactions } from "./transactions.ts";

export type SendRequest = {
  /** What this transaction is for: the same key never leads to two of them, over restarts too. */
  key: string;
  /** What to call: a `…Call` of the SDK, or raw bytes. */
  call: ContractCall | { to: Address; data: Hex; value?: bigint };
  /** Gas limit; estimated if not given. */
  gas?: bigint;
  /** Unix seconds. A transaction not signed by then is given up. */
  deadline?: bigint;
  /** With a deadline: fees may exceed the cap as it nears. For dispute moves. */
  urgent?: boolean;
  /** Contract errors that say the purpose is reached already, by their Solidity names. */
  done?: readonly string[];
  /** Asks the chain whether the purpose is reached already. */
  isDone?: () => Promise<boolean>;
};

/** `done`: nothing had to be sent, or it was mined so long ago that its receipt is gone. */
export type SendResult =
  | { status: "mined"; hash: Hex; receipt: TransactionReceipt }
  | { status: "done"; hash?: undefined; receipt?: undefined };

export type Sender = Component & {
  address: Address;
  /**
   * Sends, and waits until the transaction is in a block. Aborting stops the waiting, not the transaction: a later call
   * with the same key waits for the same one.
   * @throws ContractError when the contract refuses the call, TransactionFailedError when it cannot be mined any more.
   */
  send(request: SendRequest, signal?: AbortSignal): Promise<SendResult>;
  /** Throws what the call would revert with now. */
  simulate(call: SendRequest["call"]): Promise<void>;
  /** Newest first. */
  recent(limit?: number): Promise<Transaction[]>;
  /** What its transactions have cost since midnight (UTC), in base units of the chain's coin. */
  spentToday(): Promise<bigint>;
  /** One look at every live transaction. The loop calls it; tests may. */
  track(): Promise<void>;
};

export type SenderOptions = {
  signer: Signer;
  endpoints: Endpoints;
  database: Database;
  policy: FeePolicy;
  pollSeconds: number;
  resubmitSeconds: number;
  finalBlocks: number;
  fail(error: unknown): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

/** A transaction that has been final for so long is asked for by nobody any more: what it did has ended. */
const keptDays = 30;

type Parts = { transactions: Transactions; submission: Submission; tracker: Tracker };

export function createSender(options: SenderOptions): Sender {
  const { signer, endpoints, database, metrics, clock } = options;
  const logger = options.logger.child({ sender: signer.address });
  const requests = new Map<number, SendRequest>();
  const waiters = new Map<number, Deferred<SendResult>>();
  const advancing = new Set<number>();
  let forgetAt = 0;
  let parts: Promise<Parts> | undefined;

  // The chain id comes from the endpoints, and a row without one could be sent to the wrong chain.
  function assemble(): Promise<Parts> {
    parts ??= assembleOnce().catch((error: unknown) => {
      parts = undefined;
      throw error;
    });
    return parts;
  }

  async function assembleOnce(): Promise<Parts> {
    const chainId = await endpoints.chainId();
    const transactions = createTransactions({ database, clock, chainId, sender: signer.address });
    const submission = createSubmission({ ...options, logger, chainId, transactions });
    const tracker = createTracker({
      ...options,
      logger,
      address: signer.address,
      transactions,
      submission,
      isObsolete: async (row) => (await verdictOn(row, submission)) !== "send",
      onMined: (row, receipt) => settle(row, receipt, submission),
    });
    return { transactions, submission, tracker };
  }

  /** What a call at this moment would lead to; throws nothing that the row itself is not to blame for. */
  async function verdictOn(
    row: Transaction,
    submission: Submission,
  ): Promise<"send" | "done" | { error: unknown }> {
    const request = requests.get(row.id);
    if (await request?.isDone?.()) return "done";
    try {
      await submission.simulate(row);
      return "send";
    } catch (error) {
      if (isTransient(error)) throw error;
      if (isNamed(error, request?.done)) return "done";
      return { error };
    }
  }

  async function send(request: SendRequest, signal?: AbortSignal): Promise<SendResult> {
    signal?.throwIfAborted();
    const { transactions, submission } = await assemble();
    const known = await knownResult(request.key, transactions);
    if (known) return known;

    const before = transactions.find(request.key);
    const isUnderWay = before !== undefined && (isLive(before) || waiters.has(before.id));
    const row = isUnderWay ? before : transactions.queue(toAsked(request));
    const waiter = waiters.get(row.id) ?? createDeferred<SendResult>();
    waiters.set(row.id, waiter);
    requests.set(row.id, request);
    if (row.state === "queued") void advance(row, submission, transactions);
    return signal === undefined ? waiter.promise : untilAborted(waiter.promise, signal);
  }

  /** The result of an earlier call with the same key, maybe before a restart. */
  async function knownResult(key: string, transactions: Transactions): Promise<SendResult | undefined> {
    const { state, outcome, hash } = transactions.find(key) ?? {};
    if (outcome !== "success" || hash === undefined) return undefined;
    const receipt = await endpoints.use((client) => receiptOf(client, hash));
    if (receipt) return { status: "mined", hash, receipt };
    // Final, but forgotten by the endpoint: sending it again would be the one thing that must not happen.
    return state === "final" ? { status: "done" } : undefined;
  }

  /** Brings a queued row to its first attempt, or to its end if there is nothing to send. Never two at a time for one row. */
  async function advance(
    row: Transaction,
    submission: Submission,
    transactions: Transactions,
  ): Promise<void> {
    if (advancing.has(row.id)) return;
    advancing.add(row.id);
    try {
      const verdict = await verdictOn(row, submission);
      if (verdict === "send" && !isLate(row)) {
        if (await submission.submit(row)) return;
        metrics.sender.errors.add({ sender: signer.address, code: "feeCap" });
        logger.debug("Transaction waits for cheaper gas", { label: row.label });
        return;
      }
      transactions.setState(row.id, "failed");
      if (verdict === "done") release(row.id)?.resolve({ status: "done" });
      else release(row.id)?.reject(verdict === "send" ? tooLate(row) : verdict.error);
    } catch (error) {
      if (isTransient(error)) {
        logger.debug("Transaction waits for an endpoint", { label: row.label, error });
        return;
      }
      transactions.setState(row.id, "failed");
      release(row.id)?.reject(error);
    } finally {
      advancing.delete(row.id);
    }
  }

  const isLate = ({ deadline }: Transaction) =>
    deadline !== undefined && BigInt(unixSeconds(clock)) > deadline;

  function settle(row: Transaction, receipt: TransactionReceipt, submission: Submission): void {
    const waiter = waiters.get(row.id);
    if (waiter === undefined) return;
    if (row.outcome === "success") {
      release(row.id)?.resolve({ status: "mined", hash: receipt.transactionHash, receipt });
      return;
    }
    // Mined in vain: the call now says why, or that its purpose was reached by somebody else.
    verdictOn(row, submission)
      .then((verdict) => {
        if (verdict === "done") release(row.id)?.resolve({ status: "done" });
        else release(row.id)?.reject(typeof verdict === "object" ? verdict.error : failed(row));
      })
      .catch((error: unknown) => release(row.id)?.reject(failed(row, error)));
  }

  function release(id: number): Deferred<SendResult> | undefined {
    const waiter = waiters.get(id);
    waiters.delete(id);
    requests.delete(id);
    return waiter;
  }

  async function track(): Promise<void> {
    const { transactions, submission, tracker } = await assemble();
    await tracker.track();
    for (const row of transactions.inStates("queued"))
      if (waiters.has(row.id)) await advance(row, submission, transactions);
    if (clock.now() >= forgetAt) {
      transactions.forget(clock.now() - keptDays * day);
      forgetAt = clock.now() + hour;
    }
    const balance = await endpoints.use((client) => client.getBalance({ address: signer.address }));
    metrics.sender.balance.set({ sender: signer.address }, Number(balance / 1_000_000_000n));
  }

  const loop = createLoop({
    ...options,
    name: `sender ${signer.address}`,
    seconds: options.pollSeconds,
    work: track,
  });

  return {
    ...loop,
    address: signer.address,
    send,
    track,
    simulate: async (call) => (await assemble()).submission.simulate(toCall(call)),
    spentToday: async () => paidIn((await assemble()).transactions.spending(clock.now())),
    recent: async (limit = 100) => (await assemble()).transactions.recent(limit),
  };
}

/** Signed versions of it may be mined, or be mined again. One that was mined in vain has used its nonce up. */
const isLive = ({ state, outcome }: Transaction): boolean =>
  state === "pending" || (state === "mined" && outcome === "success");

const isTransient = (error: unknown): boolean =>
  error instanceof EndpointsUnavailableError ||
  error instanceof EndpointsDisagreeError ||
  isEndpointFailure(error);

const isNamed = (error: unknown, names: readonly string[] = []): boolean =>
  error instanceof Error && names.some((name) => error.name === `${name}Error`);

function toCall(call: SendRequest["call"]): { to: Address; data: Hex; value: bigint } {
  return "functionName" in call ? { ...encodeCall(call), value: 0n } : { value: 0n, ...call };
}

function toAsked({ key, call, gas, deadline, urgent = false }: SendRequest): Asked {
  const label = "functionName" in call ? call.functionName : "transaction";
  return { key, label, ...toCall(call), gas, deadline, urgent };
}

function failed({ label, hash, outcome }: Transaction, cause?: unknown): TransactionFailedError {
  return new TransactionFailedError("The transaction was mined in vain.", {
    facts: { label, hash, outcome },
    cause,
  });
}

function tooLate({ label, deadline }: Transaction): TransactionFailedError {
  return new TransactionFailedError("The transaction's deadline passed before it could be sent.", {
    facts: { label, deadline },
  });
}
