// What to pay for a transaction: EIP-1559 fees under a cap that only dispute moves may exceed, and only near their deadline.

import { least, most } from "../bigints.ts";

export type FeePolicy = {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
  /** How many times the cap a move may pay when its deadline is there. */
  urgentFeeFactor: number;
};

export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };

export type Urgency = {
  urgent: boolean;
  /** Unix seconds. */
  deadline: bigint | undefined;
  /** When the transaction was asked for, unix seconds. */
  askedAt: number;
};

/** From this share of the time on the cap rises, up to the factor at the second share. */
const riseFrom = 0.25;
const riseTo = 0.75;

/** Nodes refuse a replacement that does not pay at least a tenth more; an eighth leaves room for rounding. */
const bump = (fee: bigint): bigint => (fee * 9n + 7n) / 8n + 1n;

/** The most that may be paid for a unit of gas at `now`, unix seconds. */
export function feeCap(policy: FeePolicy, { urgent, deadline, askedAt }: Urgency, now: number): bigint {
  if (!urgent || deadline === undefined) return policy.maxFeePerGas;
  const span = Number(deadline) - askedAt;
  const share = span <= 0 ? 1 : (now - askedAt) / span;
  const progress = Math.min(1, Math.max(0, (share - riseFrom) / (riseTo - riseFrom)));
  const factor = 1 + progress * (policy.urgentFeeFactor - 1);
  return (policy.maxFeePerGas * BigInt(Math.round(factor * 1_000))) / 1_000n;
}

/** Fees for a first attempt; undefined when the network asks more than the cap: wait. */
export function firstFees(
  policy: FeePolicy,
  network: { baseFeePerGas: bigint; suggestedPriority: bigint },
  cap: bigint,
): Fees | undefined {
  const { baseFeePerGas, suggestedPriority } = network;
  const priority = least(suggestedPriority, policy.maxPriorityFeePerGas);
  if (baseFeePerGas + 1n > cap) return undefined;
  const maxFeePerGas = least(2n * baseFeePerGas + priority, cap); // twice: payable through six full blocks
  return { maxFeePerGas, maxPriorityFeePerGas: least(priority, maxFeePerGas) };
}

/** Fees that replace an attempt; undefined when the cap leaves no room for a replacement. */
export function replacementFees(previous: Fees, fresh: Fees | undefined, cap: bigint): Fees | undefined {
  const raised = bump(previous.maxFeePerGas);
  if (raised > cap) return undefined;
  const { maxFeePerGas, maxPriorityFeePerGas } = fresh ?? previous;
  const priority = least(most(bump(previous.maxPriorityFeePerGas), maxPriorityFeePerGas), cap);
  return { maxFeePerGas: most(raised, maxFeePerGas, priority), maxPriorityFeePerGas: priority };
}
