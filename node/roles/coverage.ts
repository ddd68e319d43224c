// How much of what it should have checked a role has checked, over the windows that closed last.
import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "@assay/sdk/protocol";
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
import { type Cases, marketCases } from "./cases.ts";

export type Coverage = {
  /** Undefined where the commitment is checked. */
  omissionOf(commitId: Hex): Omission | undefined;
  /** Takes in commitments that are to be checked, each round; says how much was checked. */
  note(views: readonly { view: CommitmentView; judgement: Judgement }[], now: bigint): number;
};

const finished: readonly Judgement[] = ["valid", "invalid", "contradiction"];

export function createCoverage(
  journal: Journal,
  policy: CoveragePolicy,
  cases: Cases = marketCases(journal),
): Coverage {
  const secret = secretOf(journal);
  const covered = new Map<Hex, Covered>();

  return {
    omissionOf: (commitId) => {
      const found = cases.of(commitId);
      return found && omissionOf(found, policy, secret);
    },
    note: (views, now) => {
      for (const { view, judgement } of views) {
        const { commitId, tier, state } = view;
        const until = cases.of(commitId)?.until ?? state.deadline;
        covered.set(commitId, {
          until,
          windowSeconds: tier.windowSeconds,
          checked: finished.includes(judgement),
        });
      }
      for (const [commitId, one] of covered) {
        const isOver = one.until < now && !isRecent(one, now);
        // What somebody slashed or gave back needs no check any more.
        if (isOver || cases.of(commitId)?.stands !== true) covered.delete(commitId);
      }
      return coverageRatio(covered.values(), now);
    },
  };
}

/** Made at the first start and kept with the journal, so that the sample stays the same over restarts. */
export function secretOf(journal: Journal): Hex {
  const notes = journal.notes<{ secret: Hex }, "kept">("sampling");
  const known = notes.get("secret")?.data.secret;
  if (known !== undefined) return known;
  const secret = bytesToHex(randomBytes(32));
  notes.put("secret", "kept", { secret });
  return secret;
}
