// How much of what it should have checked a role has checked, over the windows that closed last.
import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex, type RequestStatus } from "@assay/sdk/protocol";
import type { Journal } from "../store/journal.ts";
import {
  type CoveragePolicy,
  type Covered,
  coverageRatio,
  isRecent,
  type Omission,
  omissionOf,
} from "../strategy/coverage.ts";
import type { Judgement } from "../strategy/judgement.ts";
import type { CommitmentView } from "../strategy/views.ts";

export type Coverage = {
  /** Undefined where the commitment is checked. */
  omissionOf(commitId: Hex): Omission | undefined;
  /** Takes in commitments that are to be checked, each round; says how much was checked. */
  note(views: readonly { view: CommitmentView; judgement: Judgement }[], now: bigint): number;
};

const finished: readonly Judgement[] = ["valid", "invalid", "contradiction"];
/** What somebody slashed or gave back needs no check any more. */
const counted: readonly RequestStatus[] = ["committed", "finalized"];

export function createCoverage(journal: Journal, policy: CoveragePolicy): Coverage {
  const secret = secretOf(journal);
  const covered = new Map<Hex, Covered>();

  return {
    omissionOf: (commitId) => {
      const commitment = journal.commitments.get(commitId)?.data;
      if (commitment === undefined) return undefined;
      const { programId, worker, requestId } = commitment;
      const lock = journal.requests.get(requestId)?.data.lock ?? 0n;
      return omissionOf({ commitId, programId, worker, lock }, policy, secret);
    },
    note: (views, now) => {
      for (const { view, judgement } of views) {
        const { commitId, tier, state } = view;
        const until = journal.commitments.get(commitId)?.data.challengeUntil ?? state.deadline;
        covered.set(commitId, {
          until,
          windowSeconds: tier.windowSeconds,
          checked: finished.includes(judgement),
        });
      }
      for (const [commitId, one] of covered) {
        const status = journal.commitments.get(commitId)?.state;
        const isOver = one.until < now && !isRecent(one, now);
        if (isOver || status === undefined || !counted.includes(status)) covered.delete(commitId);
      }
      return coverageRatio(covered.values(), now);
    },
  };
}

/** Made at the first start and kept with the journal, so that the sample stays the same over restarts. */
function secretOf(journal: Journal): Hex {
  const notes = journal.notes<{ secret: Hex }, "kept">("sampling");
  const known = notes.get("secret")?.data.secret;
  if (known !== undefined) return known;
  const secret = bytesToHex(randomBytes(32));
  notes.put("secret", "kept", { secret });
  return secret;
}
