// Receipts that can still be opened, counted: what they stand for on each channel, and what defending them all would take.
import type { Hex } from "@assay/sdk/protocol";
import type { IssuedReceipt } from "./book.ts";

export type ReceiptCount = { programId: Hex; version: number; count: number };

export type OpenReceipts = {
  add(one: IssuedReceipt): void;
  /** Forgets those whose challenge time is over. */
  expire(now: bigint): void;
  /** Token units. */
  liabilityOf(channelId: Hex): bigint;
  has(receiptId: Hex): boolean;
  counts(): ReceiptCount[];
};

export function createOpenReceipts(): OpenReceipts {
  const open = new Map<Hex, IssuedReceipt>();
  const liabilities = new Map<Hex, bigint>();
  const counts = new Map<string, ReceiptCount>();
  /** No receipt ends before that. */
  let firstEnd: bigint | undefined;

  function change({ receipt }: IssuedReceipt, by: 1 | -1): void {
    const { channelId, liability, programId, version } = receipt;
    liabilities.set(channelId, (liabilities.get(channelId) ?? 0n) + BigInt(by) * liability);
    const key = `${programId}:${version}`;
    const { count } = counts.get(key) ?? { count: 0 };
    counts.set(key, { programId, version, count: count + by });
  }

  const noteEnd = ({ receipt: { challengeUntil } }: IssuedReceipt): void => {
    if (firstEnd === undefined || challengeUntil < firstEnd) firstEnd = challengeUntil;
  };

  return {
    add: (one) => {
      if (open.has(one.receiptId)) return;
      open.set(one.receiptId, one);
      change(one, 1);
      noteEnd(one);
    },
    expire: (now) => {
      if (firstEnd === undefined || now <= firstEnd) return;
      firstEnd = undefined;
      for (const one of open.values()) {
        if (one.receipt.challengeUntil >= now) noteEnd(one);
        else {
          open.delete(one.receiptId);
          change(one, -1);
        }
      }
    },
    liabilityOf: (channelId) => liabilities.get(channelId) ?? 0n,
    has: (receiptId) => open.has(receiptId),
    counts: () => [...counts.values()].filter(({ count }) => count > 0),
  };
}
