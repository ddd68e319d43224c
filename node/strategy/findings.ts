// What a person should look at, out of everything that a monitor sees. `page`: now. `warn`: today.
import type { Hex } from "@assay/sdk/protocol";
import type { Because } from "./forecasts.ts";

export type Severity = "page" | "warn";

export interface Finding {
  severity: Severity;
  kind: FindingKind;
  facts: Readonly<Record<string, unknown>>;
}

/** Each has a rule in alerts/prometheus-rules.yml and a runbook in docs/operate.md. */
export const findingKinds = [
  "finalizedWrong",
  "slashedRight",
  "forecastAgainst",
  "clockLow",
  "coverageLow",
  "contradiction",
  "insolvent",
  "donated",
  "creditDiffers",
  "endpointsDisagree",
  "headOld",
  "inputMissing",
  "slashPending",
  "guardianFlip",
  "paused",
  "parametersProposed",
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** The vault's money as three books have it: the token's, its own accounts', and the sum of its events. */
export interface Solvency {
  /** What the token says that the vault has. */
  balance: bigint;
  /** What its events say that it should have. */
  byEvents: bigint;
  /** What its accounts, escrows and burns sum up to; undefined where they were not read this time. */
  byViews: bigint | undefined;
  /** Credit of all accounts, by the same two books. */
  creditByEvents: bigint;
  creditByViews: bigint | undefined;
}

export interface Observations {
  /** Time of the block that was read, unix seconds, and its age by the machine's clock. */
  now: bigint;
  headAgeSeconds: number;
  /** Zero for chains that mine on demand. */
  maxHeadAgeSeconds: number;
  endpointsAgree: boolean;
  solvency: Solvency;
  against: readonly { commitId: Hex; because: Because }[];
  /** Turns of sides that should win. */
  clocks: readonly { disputeId: Hex; side: "worker" | "challenger"; left: number; floorSeconds: number }[];
  coverage: number;
  contradictions: readonly Hex[];
  missingInputs: readonly Hex[];
  slashes: readonly { commitId: Hex; settleableAt: bigint }[];
  flips: readonly Hex[];
  pausedUntil: bigint;
  proposal: { version: number; activeFrom: bigint } | undefined;
}

export function findingsOf(seen: Observations): Finding[] {
  const { now, solvency, proposal } = seen;
  const find = (severity: Severity, kind: FindingKind, facts: Finding["facts"] = {}): Finding[] => [
    { severity, kind, facts },
  ];
  return [
    ...seen.against.flatMap(({ commitId, because }) =>
      because === "finalizedWrong" || because === "slashedRight"
        ? find("page", because, { commitId })
        : find("page", "forecastAgainst", { commitId, because }),
    ),
    ...seen.clocks
      .filter(({ left, floorSeconds }) => left < 2 * floorSeconds)
      .flatMap(({ disputeId, side, left }) => find("page", "clockLow", { disputeId, side, left })),
    ...(seen.coverage < 1 ? find("page", "coverageLow", { coverage: seen.coverage }) : []),
    ...seen.contradictions.flatMap((commitId) => find("page", "contradiction", { commitId })),
    ...solvencyFindings(solvency, find),
    ...(seen.endpointsAgree ? [] : find("page", "endpointsDisagree")),
    ...(seen.maxHeadAgeSeconds > 0 && seen.headAgeSeconds > seen.maxHeadAgeSeconds
      ? find("page", "headOld", { seconds: seen.headAgeSeconds })
      : []),
    ...seen.missingInputs.flatMap((commitId) => find("warn", "inputMissing", { commitId })),
    ...seen.slashes.flatMap((slash) => find("warn", "slashPending", slash)),
    ...seen.flips.flatMap((commitId) => find("page", "guardianFlip", { commitId })),
    ...(seen.pausedUntil >= now ? find("warn", "paused", { until: seen.pausedUntil }) : []),
    ...(proposal === undefined ? [] : find("page", "parametersProposed", proposal)),
  ];
}

/** I-01: what the vault owes it has; what it has besides was given to it by somebody. */
function solvencyFindings(
  { balance, byEvents, byViews, creditByEvents, creditByViews }: Solvency,
  find: (severity: Severity, kind: FindingKind, facts: Finding["facts"]) => Finding[],
): Finding[] {
  const books = [
    { book: "events", owed: byEvents },
    ...(byViews === undefined ? [] : [{ book: "views", owed: byViews }]),
  ];
  return [
    ...books.flatMap(({ book, owed }) => {
      if (balance < owed) return find("page", "insolvent", { book, balance, owed });
      return balance > owed ? find("warn", "donated", { book, balance, owed }) : [];
    }),
    ...(creditByViews === undefined || creditByViews === creditByEvents
      ? []
      : find("page", "creditDiffers", { expected: creditByEvents, actual: creditByViews })),
  ];
}
