// Which requests share a transaction: in a batch, each costs a fraction of what it costs alone.
import type { Hex } from "@assay/sdk/protocol";

export interface Ready {
  requestId: Hex;
  /** What it adds to the transaction. */
  bytes: number;
  /** There is time to wait for others. */
  patient: boolean;
}

export interface Underway {
  /** Sets that were decided before: a transaction for them may be in the pool, so they stay together. */
  decided: ReadonlyMap<Hex, readonly Hex[]>;
  /** Requests whose transaction is under way. */
  sending: ReadonlySet<Hex>;
  /** Requests that were in a set which the chain has refused. */
  alone: ReadonlySet<Hex>;
}

/** What the market takes in one call. */
export const MOST_TOGETHER = 64;
/** Half of what public pools take of one transaction. */
const mostBytes = 65_536;

/**
 * The sets to send now. While one is under way the others wait for it, as long as they can: what is ready by then goes
 * out together.
 */
export function together(ready: readonly Ready[], { decided, sending, alone }: Underway): Hex[][] {
  const ids = new Set(ready.map(({ requestId }) => requestId));
  const kept = new Map<string, Hex[]>();
  const free: Ready[] = [];
  for (const one of ready) {
    const set = decided.get(one.requestId);
    if (set?.every((id) => ids.has(id))) kept.set(set.join(), [...set]);
    else if (!sending.has(one.requestId)) free.push(one);
  }
  const mayWait = ready.some(({ requestId }) => sending.has(requestId)) && free.every((one) => one.patient);
  return [...kept.values(), ...(mayWait ? [] : setsOf(free, alone))];
}

function setsOf(free: readonly Ready[], alone: ReadonlySet<Hex>): Hex[][] {
  const sets: Hex[][] = [];
  let open: Hex[] = [];
  let bytes = 0;
  for (const one of free) {
    if (alone.has(one.requestId)) {
      sets.push([one.requestId]);
      continue;
    }
    if (open.length === MOST_TOGETHER || (open.length > 0 && bytes + one.bytes > mostBytes)) {
      sets.push(open);
      [open, bytes] = [[], 0];
    }
    open.push(one.requestId);
    bytes += one.bytes;
  }
  return open.length > 0 ? [...sets, open] : sets;
}
