// Follows signed transactions until they are final: receipts, vanished blocks, stuck queues, lost nonces, gaps.
import {
  type Address,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { most } from "../bigints.ts";
import { type Clock, second } from "../clock.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Submission } from "./submission.ts";
import type { Attempt, Transaction, Transactions } from "./transactions.ts";

export type TrackerOptions = {
  address: Address;
  endpoints: Endpoints;
  transactions: Transactions;
  submission: Submission;
  resubmitSeconds: number;
  finalBlocks: number;
  /** Whether a row's purpose is reached without it, or can no longer be reached: its nonce is then used up for nothing. */
  isObsolete(transaction: Transaction): Promise<boolean>;
  /** Called once a receipt is known, and again if the row is mined anew after its block vanished. */
  onMined(transaction: Transaction, receipt: TransactionReceipt): void;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Tracker = {
  /** Looks at every live row once. */
  track(): Promise<void>;
};

/** So many looks in a row have to agree before a nonce counts as lost or missing: one endpoint may lag. */
const looks = 3;
/** Receipts that are asked for at a time. */
const atOnce = 10;

export function createTracker(options: TrackerOptions): Tracker {
  const { address, endpoints, transactions, submission, isObsolete, onMined, logger, metrics, clock } =
    options;
  const { resubmitSeconds, finalBlocks } = options;
  const sender = { sender: address };
  const lost = new Map<number, number>();
  const missing = new Map<number, number>();
  const resentAt = new Map<number, number>();

  async function track(): Promise<void> {
    const rows = transactions.inStates("pending", "mined");
    metrics.sender.pending.set(sender, rows.length);
    const oldest = Math.min(...rows.filter(({ state }) => state === "pending").map(({ created }) => created));
    metrics.sender.pendingAge.set(sender, oldest === Infinity ? 0 : (clock.now() - oldest) / second);
    if (rows.length === 0) return;
    const head = await endpoints.head();
    const nonce = await endpoints.use((client) => client.getTransactionCount({ address }));

    for (let from = 0; from < rows.length; from += atOnce)
      await Promise.all(rows.slice(from, from + atOnce).map((row) => followReceipt(row, head.number)));
    const pending = transactions.inStates("pending");
    for (const row of pending.filter((one) => one.nonce! < nonce)) await followLost(row, head.number);
    const waiting = pending.filter((one) => one.nonce! >= nonce);
    const cap = most(0n, ...waiting.map(submission.capOf));
    await repairGaps(nonce, waiting, cap);
    await hurry(waiting, cap);
  }

  async function followReceipt(row: Transaction, head: bigint): Promise<void> {
    const attempts = transactions.attempts(row.id);
    const found = await findReceipt(row, attempts);
    if (found === undefined) {
      if (row.state !== "mined") return;
      logger.warn("Transaction left the chain with its block", {
        label: row.label,
        hash: row.hash,
        block: row.block,
      });
      transactions.setState(row.id, "pending");
      await submission.resend(row);
      return;
    }
    const { receipt, attempt } = found;
    const isNew = row.state === "pending" || row.blockHash !== receipt.blockHash;
    if (isNew) {
      const outcome = receipt.status === "reverted" ? "reverted" : attempt.cancels ? "cancelled" : "success";
      transactions.setMined(row.id, {
        outcome,
        hash: receipt.transactionHash,
        block: receipt.blockNumber,
        blockHash: receipt.blockHash,
        gasUsed: receipt.gasUsed,
        paid: receipt.gasUsed * receipt.effectiveGasPrice,
      });
      if (row.state === "pending") count(row, receipt, outcome);
      onMined(transactions.get(row.id), receipt);
    }
    lost.delete(row.id);
    resentAt.delete(row.id);
    if (head - receipt.blockNumber + 1n >= BigInt(finalBlocks)) transactions.setFinal(row.id);
  }

  async function findReceipt(row: Transaction, attempts: Attempt[]): Promise<Found | undefined> {
    const ordered = [...attempts].sort((a, b) => Number(b.hash === row.hash) - Number(a.hash === row.hash));
    for (const attempt of ordered) {
      const receipt = await endpoints.use((client) => receiptOf(client, attempt.hash));
      if (receipt) return { receipt, attempt };
    }
    return undefined;
  }

  function count(row: Transaction, receipt: TransactionReceipt, outcome: string): void {
    metrics.sender.transactions.add({ ...sender, state: outcome });
    metrics.sender.inclusion.observe(sender, (clock.now() - row.created) / second);
    metrics.sender.gas.add(sender, Number(receipt.gasUsed));
    metrics.sender.spent.add(sender, Number(receipt.gasUsed * receipt.effectiveGasPrice) / 1e9);
    logger.info("Transaction mined", {
      label: row.label,
      txHash: receipt.transactionHash,
      block: receipt.blockNumber,
      gasUsed: receipt.gasUsed,
      outcome,
    });
  }

  /**
   * The chain has used the row's nonce for something else: a wallet or another machine holds the same key. The row is
   * queued anew, but only when the other transaction is final, or else both might be mined after a re-organisation.
   * Moves with a deadline cannot wait that long; the contracts accept each of them once.
   */
  async function followLost(row: Transaction, head: bigint): Promise<void> {
    const depth = row.urgent ? 0n : BigInt(finalBlocks) - 1n;
    const blockNumber = head > depth ? head - depth : 0n;
    const settled = await endpoints.use((client) => client.getTransactionCount({ address, blockNumber }));
    const seen = settled > row.nonce! ? (lost.get(row.id) ?? 0) + 1 : 0;
    lost.set(row.id, seen);
    if (seen < looks) return;
    lost.delete(row.id);
    logger.error("Another transaction used our nonce; is the key in use elsewhere?", {
      label: row.label,
      nonce: row.nonce,
    });
    metrics.sender.errors.add({ ...sender, code: "nonceLost" });
    transactions.requeue(row.id);
  }

  /** What fills a gap may cost what the moves behind it may cost: they wait for it. */
  async function repairGaps(nonce: number, waiting: readonly Transaction[], cap: bigint): Promise<void> {
    const held = transactions.noncesFrom(nonce);
    const last = waiting.at(-1)?.nonce ?? nonce;
    const open = Array.from({ length: last - nonce }, (_, offset) => nonce + offset).filter(
      (one) => !held.has(one),
    );
    for (const one of missing.keys()) if (!open.includes(one)) missing.delete(one);
    for (const one of open) {
      const seen = (missing.get(one) ?? 0) + 1;
      missing.set(one, seen);
      if (seen >= looks) await submission.fillGap(one, cap);
    }
  }

  /** Only the front of the queue can be stuck for its price; the ones behind it are sent again as they are. */
  async function hurry(waiting: readonly Transaction[], cap: bigint): Promise<void> {
    const [front, ...behind] = waiting;
    if (front === undefined) return;
    if (isDue(front)) {
      resentAt.set(front.id, clock.now());
      const isReplaced = await submission.replace(front, { cancel: await isObsolete(front), cap });
      if (!isReplaced) await submission.resend(front);
    }
    for (const row of behind.filter(isDue)) {
      resentAt.set(row.id, clock.now());
      await submission.resend(row);
    }
  }

  function isDue(row: Transaction): boolean {
    const since = resentAt.get(row.id) ?? transactions.attempts(row.id)[0]?.signed ?? 0;
    return clock.now() - since >= resubmitSeconds * second;
  }

  return { track };
}

type Found = { receipt: TransactionReceipt; attempt: Attempt };

/** The receipt of a mined transaction; undefined when no block holds it. */
export async function receiptOf(client: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
