// The monitor: looks after everybody's commitments, disputes and money, without a key, and calls a person in time.
import type { Hex } from "@assay/sdk/protocol";
import { zeroAddress } from "viem";
import type { ProtocolEvent } from "../chain/events.ts";
import { createReceiptBooks } from "../chain/receiptBooks.ts";
import { createVaultLedger } from "../chain/vaultBooks.ts";
import { second } from "../clock.ts";
import { EndpointsDisagreeError, EndpointsUnavailableError } from "../errors.ts";
import { terminalStatuses } from "../store/journal.ts";
import { lockFor } from "../strategy/capacity.ts";
import { type CoveragePolicy, checkOrder } from "../strategy/coverage.ts";
import { type Finding, findingsOf, type Observations } from "../strategy/findings.ts";
import { type Because, outlookOf } from "../strategy/forecasts.ts";
import { type FetchInput, fetches } from "../strategy/inputPlan.ts";
import { answerKey, type Judgement, judge } from "../strategy/judgement.ts";
import type { CommitmentView } from "../strategy/views.ts";
import { createAlarms } from "./alarms.ts";
import { type CommitmentEntry, createChainViews, type PinnedRead, readPreferred } from "./chainViews.ts";
import type { Programs, RoleContext } from "./context.ts";
import { createCoverage } from "./coverage.ts";
import { createEvidence, type Executors } from "./evidence.ts";
import { createInputs, type InputSources, inputStateOf } from "./inputs.ts";
import { clocksOf, createMonitorGauges } from "./monitorGauges.ts";
import { createRole, type Role } from "./role.ts";
import { createSolvencyReader, type ReadTo } from "./solvency.ts";
import { createTrust } from "./trust.ts";

export type MonitorOptions = Omit<RoleContext, "sender"> &
  Executors &
  InputSources & {
    programs: Programs;
    /** Known answers on this machine; throws SelfTestError when one comes out wrong. */
    selfTest(programId: Hex): Promise<unknown>;
    /** Which commitments it executes again. */
    coverage: CoveragePolicy;
    parallelChecks: number;
    /** Seconds between two readings of every account in the vault. */
    auditSeconds: number;
    /** Seconds after which the newest block is too old; zero for chains that mine on demand. */
    maxHeadAgeSeconds: number;
    /** The last block whose events were read. */
    readTo: ReadTo;
  };

/** What a monitor has seen in its last round. */
export type MonitorReport = {
  block: bigint;
  /** Of the block, unix seconds. */
  time: bigint;
  /** True when nobody has to be called. */
  healthy: boolean;
  coverage: number;
  /** Commitments that are looked after, by verdict. */
  commitments: Readonly<Record<string, number>>;
  openDisputes: number;
  solvency: Observations["solvency"];
  findings: readonly Finding[];
};

export type Monitor = Role & {
  /** Takes in events in the transaction that stores them, after the journal has. */
  take(events: readonly ProtocolEvent[]): void;
  /** Undefined before the first round. */
  report(): MonitorReport | undefined;
};

/** A commitment and what this machine makes of it. */
export type Audited = { view: CommitmentView; judgement: Judgement };

type Action = FetchInput | { kind: "check" | "confirm"; commitId: Hex };

const unfinished: readonly Judgement[] = ["unchecked", "unconfirmed", "unavailable"];
/** Longer than any window: what has no deadline is checked after what has one. */
const longAfter = 365n * 86_400n;

export function createMonitor(options: MonitorOptions): Monitor {
  const { journal, endpoints, deployment, metrics, logger, clock, onEvent } = options;
  const views = createChainViews({ ...options, sender: { address: zeroAddress } });
  const trust = createTrust(options.selfTest, (programId) => alarms.alarm("selfTest", { programId }));
  const evidence = createEvidence({ ...options, trust: trust.require, now: () => now });
  const inputs = createInputs({ ...options, now: () => now });
  const coverage = createCoverage(journal, options.coverage);
  const ledger = createVaultLedger(journal);
  const solvency = createSolvencyReader(options, ledger);
  const gauges = createMonitorGauges(metrics.monitor);
  const receipts = createReceiptBooks(journal);
  const alarms = createAlarms(options);
  /** Commitments that are looked after: from their publication until they have ended as they should. */
  const audits = journal.notes<{ commitId: Hex }, "open">("audit");
  /** Those that have not. */
  const wrongs = journal.notes<{ commitId: Hex; because: Because }, "kept">("auditWrong");
  const { distrusted } = trust;
  let now = 0n;
  let last: MonitorReport | undefined;

  function take(events: readonly ProtocolEvent[]): void {
    ledger.take(events);
    for (const { eventName, args, blockNumber } of events)
      if (eventName === "Committed")
        audits.put(args.commitId, "open", { commitId: args.commitId }, blockNumber);
  }

  function entries(): CommitmentEntry[] {
    return audits.list().flatMap(({ id }) => {
      const commitment = journal.commitments.get(id);
      if (commitment === undefined) {
        audits.remove(id);
        return [];
      }
      const disputes = journal.disputesOf(commitment.data.commitId);
      return [
        { ...commitment, disputes: disputes.flatMap((one) => journal.disputes.get(one.disputeId) ?? []) },
      ];
    });
  }

  async function plan(): Promise<Action[]> {
    const { read, endpointsAgree } = await see();
    const { block, views: found } = read;
    now = block.timestamp;
    const audited = found.map((view): Audited => ({ view, judgement: judgementOf(view) }));
    const inputState = inputStateOf(views, inputs, found);
    const missing = found
      .filter(({ requestId }) => (inputState.missing.get(requestId)?.tries ?? 0) > 0)
      .map(({ commitId }) => commitId);
    const headAgeSeconds = Math.max(0, Math.floor(clock.now() / second) - Number(now));
    const observations: Observations = {
      now,
      headAgeSeconds,
      maxHeadAgeSeconds: options.maxHeadAgeSeconds,
      endpointsAgree,
      solvency: await solvency.read(),
      against: [...close(audited), ...forecasts(audited)],
      clocks: audited.flatMap((one) => clocksOf(one, now)),
      coverage: coverage.note(audited.filter(isCovered), now),
      contradictions: audited
        .filter(({ judgement }) => judgement === "contradiction")
        .map(({ view }) => view.commitId),
      missingInputs: missing,
      slashes: audited.flatMap(({ view }) => pendingSlash(view)),
      flips: ledger.books().flips,
      pausedUntil: ledger.books().pausedUntil,
      proposal: await solvency.proposal(),
    };
    const findings = findingsOf(observations);
    gauges.set(audited, observations, findings, ledger.books());
    gauges.setReceipts(receipts);
    for (const { kind, facts } of findings) alarms.alarm(kind, namesIn(facts));
    last = reportOf(block.number, audited, observations, findings);
    return [...due(audited, inputState), ...fetches(found.filter(isOpen).map(idOf), inputState, now)];
  }

  /** What the endpoints agree on; while they do not, what the preferred one says. */
  async function see() {
    const look = (pinned: PinnedRead) => views.commitments(entries(), pinned);
    try {
      return { read: await look(endpoints.agree), endpointsAgree: true };
    } catch (error) {
      if (!(error instanceof EndpointsDisagreeError || error instanceof EndpointsUnavailableError))
        throw error;
      return { read: await look(readPreferred(endpoints)), endpointsAgree: false };
    }
  }

  function judgementOf({ commitId, commitment, request }: CommitmentView): Judgement {
    if (distrusted.has(request.programId)) return "unavailable";
    return judge(answerKey(commitment), evidence.of(commitId));
  }

  const isCovered = ({ view }: Audited): boolean => coverage.omissionOf(view.commitId) === undefined;

  /** Ends the audits of what has ended; what has ended wrong is never forgotten. */
  function close(audited: readonly Audited[]): Observations["against"] {
    for (const { view, judgement } of audited) {
      const { status } = view.state;
      if (!terminalStatuses.includes(status)) continue;
      const { because } = outlookOf(view, judgement, now);
      if (because !== undefined && wrongs.get(view.commitId) === undefined) tell(view.commitId, because);
      const isJudged = !unfinished.includes(judgement) || !isCovered({ view, judgement });
      if (status === "finalized" ? isJudged : status !== "slashed" || (view.commitment.settled && isJudged))
        audits.remove(view.commitId);
    }
    return wrongs.list().map(({ data }) => data);
  }

  function tell(commitId: Hex, because: Because): void {
    wrongs.put(commitId, "kept", { commitId, because });
    if (because === "finalizedWrong") metrics.monitor.finalizedWrong.add({});
    const byVerdict = journal.disputesOf(commitId).some(({ verdict }) => verdict === "faulty");
    if (because === "slashedRight")
      metrics.monitor.slashedRight.add({ cause: byVerdict ? "verdict" : "clock" });
  }

  const forecasts = (audited: readonly Audited[]): Observations["against"] =>
    audited
      .filter(({ view }) => isOpen(view))
      .flatMap(({ view, judgement }) => {
        const { forecast, because } = outlookOf(view, judgement, now);
        return forecast === "against" && because ? [{ commitId: view.commitId, because }] : [];
      });

  function pendingSlash({ state, commitment, commitId, tier }: CommitmentView): Observations["slashes"] {
    if (state.status !== "slashed" || commitment.settled) return [];
    const settleableAt = commitment.slashedAt + BigInt(tier.airgapSeconds);
    return now <= settleableAt ? [{ commitId, settleableAt }] : [];
  }

  /** What is to be executed now: what has a window first, by what is at risk. */
  function due(audited: readonly Audited[], { missing }: ReturnType<typeof inputStateOf>): Action[] {
    const candidates = audited
      .filter((one) => unfinished.includes(one.judgement) && isCovered(one))
      .filter(({ view }) => !distrusted.has(view.request.programId) && !missing.has(view.requestId))
      .map(({ view }) => ({
        ...evidence.of(view.commitId),
        commitId: view.commitId,
        until: view.state.status === "committed" ? view.state.deadline : now + longAfter,
        lock: lockFor(view.tier, view.request.fee),
        seconds: evidence.seconds.get(view.request.programId) ?? 0,
      }))
      .filter(({ retryAt }) => now >= (retryAt ?? 0n));
    const suspect = candidates.filter(({ fast }) => fast !== undefined);
    const fresh = candidates.filter(({ fast }) => fast === undefined);
    return [...checkOrder(suspect, now), ...checkOrder(fresh, now)]
      .slice(0, options.parallelChecks)
      .map(({ commitId, fast }) => ({ kind: fast === undefined ? "check" : "confirm", commitId }));
  }

  function reportOf(
    block: bigint,
    audited: readonly Audited[],
    seen: Observations,
    findings: readonly Finding[],
  ): MonitorReport {
    const commitments: Record<string, number> = {};
    for (const { judgement } of audited) commitments[judgement] = (commitments[judgement] ?? 0) + 1;
    return {
      block,
      time: seen.now,
      healthy: !findings.some(({ severity }) => severity === "page"),
      coverage: seen.coverage,
      commitments,
      openDisputes: seen.clocks.length,
      solvency: seen.solvency,
      findings,
    };
  }

  async function act(action: Action): Promise<void> {
    if (action.kind === "fetchInput") return inputs.fetch(action.requestId);
    const { commitId } = action;
    const executor = action.kind === "check" ? "fast" : "reference";
    const { judgement, seconds } = await evidence.gather(commitId, executor);
    logger.info("Commitment checked", { commitId, judgement, seconds });
    onEvent?.({ kind: "checked", commitId, judgement, seconds });
  }

  const role = createRole<Action>({
    ...options,
    name: "monitor",
    seconds: options.pollSeconds,
    plan,
    act,
    keyOf: (action) => `${action.kind}:${action.kind === "fetchInput" ? action.requestId : action.commitId}`,
  });
  logger.debug("Monitor looks at", { market: deployment.inferenceMarket });
  return { ...role, take, report: () => last };
}

const isOpen = ({ state }: CommitmentView): boolean => state.status === "committed";
const idOf = ({ requestId }: CommitmentView): Hex => requestId;

/** Names only: with figures that change, an alarm would be a new one every round. */
const namesIn = (facts: Finding["facts"]): Finding["facts"] =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value === "string"));
