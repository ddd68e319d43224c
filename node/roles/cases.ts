// What may be judged: answers that were published to requests, and receipts. Each is a question with the answer that a worker gave.
import type { Hex } from "@assay/sdk/protocol";
import type { Address } from "viem";
import type { Journal } from "../store/journal.ts";

export type Case = {
  commitId: Hex;
  /** Which contracts hold it. */
  source: "market" | "channels";
  /** The request or receipt under whose id its input is kept. */
  subject: Hex;
  programId: Hex;
  inputRoot: Hex;
  outputRoot: Hex;
  passes: number;
  worker: Address;
  /** Token units of stake behind it. */
  lock: bigint;
  /** Until when it can be challenged, if nothing moves that; unix seconds. */
  until: bigint;
  /** It still can be challenged, or ended as it was given. */
  stands: boolean;
  /** Milliseconds since 1970. */
  seen: number;
};

export type Cases = { of(commitId: Hex): Case | undefined };

/** Those that were published to requests. */
export const marketCases = (journal: Journal): Cases => ({
  of: (commitId) => {
    const item = journal.commitments.get(commitId);
    if (item === undefined) return undefined;
    const { state, updated, data } = item;
    const { requestId, programId, inputRoot, outputRoot, passes, worker, challengeUntil } = data;
    return {
      ...{ commitId, source: "market", subject: requestId, programId, inputRoot, outputRoot, passes, worker },
      lock: journal.requests.get(requestId)?.data.lock ?? 0n,
      until: challengeUntil,
      stands: state === "committed" || state === "finalized",
      seen: updated,
    };
  },
});

/** Those of several, each of which knows its own. */
export const allCases = (...some: readonly Cases[]): Cases => ({
  of: (commitId) => {
    for (const cases of some) {
      const found = cases.of(commitId);
      if (found) return found;
    }
    return undefined;
  },
});
