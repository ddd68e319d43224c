// Requests that share a transaction: which set was decided for each, what is under way, and what the chain has refused.
import type { Hex } from "@assay/sdk/protocol";
import type { Journal } from "../store/journal.ts";
import type { Underway } from "../strategy/together.ts";
import type { Moved } from "./conduct.ts";

export type Sets = {
  /** What matters for these requests. */
  underway(requestIds: readonly Hex[]): Underway;
  /**
   * Writes down, before anything is signed, which requests are answered together: after a crash the same set is sent, so
   * that no request is in two transactions.
   */
  decide(requestIds: readonly Hex[]): void;
  /** Sends one transaction for all of them. What others were first in, or the chain has refused, is no set any more. */
  send(requestIds: readonly Hex[], send: () => Promise<Moved>, signal: AbortSignal): Promise<Moved>;
};

export function createSets(journal: Journal): Sets {
  const decided = journal.notes<{ requestIds: readonly Hex[] }, "decided">("answeredTogether");
  const sending = new Set<Hex>();
  const alone = new Set<Hex>();

  return {
    underway: (requestIds) => ({
      decided: new Map(
        requestIds.flatMap((id) => {
          const set = decided.get(id)?.data.requestIds;
          return set === undefined ? [] : [[id, set] as const];
        }),
      ),
      sending,
      alone,
    }),
    decide: (requestIds) =>
      journal.transact(() => {
        for (const id of requestIds) decided.put(id, "decided", { requestIds });
      }),
    send: async (requestIds, send, signal) => {
      for (const id of requestIds) sending.add(id);
      try {
        const moved = await send();
        if (moved === "theirs") dissolve(requestIds);
        return moved;
      } catch (error) {
        if (!signal.aborted) {
          dissolve(requestIds);
          if (requestIds.length > 1) for (const id of requestIds) alone.add(id);
        }
        throw error;
      } finally {
        for (const id of requestIds) sending.delete(id);
      }
    },
  };

  function dissolve(requestIds: readonly Hex[]): void {
    journal.transact(() => {
      for (const id of requestIds) decided.remove(id);
    });
  }
}
