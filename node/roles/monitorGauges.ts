// What a monitor shows of what it sees.
import { hexToBytes } from "@assay/sdk/protocol";
import { bytesToString, formatEther } from "viem";
import type { ReceiptBooks } from "../chain/receiptBooks.ts";
import type { VaultBooks } from "../chain/vaultBooks.ts";
import type { Finding, Observations } from "../strategy/findings.ts";
import { disputeOutlook } from "../strategy/forecasts.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Audited } from "./monitor.ts";

export type MonitorGauges = {
  set(audited: readonly Audited[], seen: Observations, findings: readonly Finding[], books: VaultBooks): void;
  setReceipts(books: ReceiptBooks): void;
};

/** The clocks of sides that should win, and whose turn it is. */
export function clocksOf({ view, judgement }: Audited, now: bigint): Observations["clocks"] {
  return view.disputes.flatMap((dispute) => {
    const { turn, left } = disputeOutlook(dispute, view, judgement, now);
    const winner = judgement === "valid" ? "worker" : judgement === "invalid" ? "challenger" : undefined;
    if (turn === "nobody" || turn !== winner) return [];
    return [{ disputeId: dispute.disputeId, side: turn, left, floorSeconds: view.tier.floorSeconds }];
  });
}

export function createMonitorGauges(monitor: Metrics["monitor"]): MonitorGauges {
  let flips = 0;

  function setCommitments(audited: readonly Audited[], now: bigint): void {
    const commitments = createCounts<"tier" | "agreement">();
    const disputes = createCounts<"turn" | "forecast">();
    const clocks = new Map<string, number>();
    let floor = Infinity;
    for (const { view, judgement } of audited) {
      floor = Math.min(floor, view.tier.floorSeconds);
      commitments.add({ tier: nameOf(view.tier.name), agreement: judgement });
      for (const dispute of view.disputes) {
        const { turn, left, forecast } = disputeOutlook(dispute, view, judgement, now);
        if (turn === "nobody") continue;
        disputes.add({ turn, forecast });
        clocks.set(turn, Math.min(left, clocks.get(turn) ?? left));
      }
    }
    monitor.commitments.reset();
    commitments.each((labels, count) => monitor.commitments.set(labels, count));
    monitor.disputes.reset();
    disputes.each((labels, count) => monitor.disputes.set(labels, count));
    monitor.clock.reset();
    for (const [side, left] of clocks) monitor.clock.set({ side }, left);
    if (floor !== Infinity) monitor.floor.set({}, floor);
  }

  function setMoney({
    balance,
    byEvents,
    byViews,
    creditByEvents,
    creditByViews,
  }: Observations["solvency"]): void {
    monitor.solvency.set({ books: "events" }, tokens(balance - byEvents));
    monitor.credit.set({ books: "events" }, tokens(creditByEvents));
    if (byViews !== undefined) monitor.solvency.set({ books: "views" }, tokens(balance - byViews));
    if (creditByViews !== undefined) monitor.credit.set({ books: "views" }, tokens(creditByViews));
  }

  return {
    setReceipts: (books) => {
      const opened = books.receipts();
      monitor.receipts.set({ of: "receipt" }, opened.length);
      monitor.receipts.set({ of: "dispute" }, opened.flatMap(({ disputes }) => disputes).length);
      monitor.receipts.set({ of: "demand" }, books.demands().length);
    },
    set: (audited, seen, findings, books) => {
      setCommitments(audited, seen.now);
      setMoney(seen.solvency);
      const against = createCounts<"because">();
      for (const { because } of seen.against) against.add({ because });
      monitor.against.reset();
      against.each((labels, count) => monitor.against.set(labels, count));
      const found = createCounts<"severity" | "kind">();
      for (const { severity, kind } of findings) found.add({ severity, kind });
      monitor.findings.reset();
      found.each((labels, count) => monitor.findings.set(labels, count));
      monitor.coverage.set({}, seen.coverage);
      monitor.contradictions.set({}, seen.contradictions.length);
      monitor.missingInputs.set({ of: "commitment" }, seen.missingInputs.length);
      monitor.airgap.set({}, seen.slashes.length);
      monitor.flips.add({}, Math.max(0, books.flipCount - flips));
      flips = Math.max(flips, books.flipCount);
      monitor.paused.set({}, Number(seen.pausedUntil >= seen.now));
      monitor.proposed.set({}, Number(seen.proposal !== undefined));
      monitor.agree.set({}, Number(seen.endpointsAgree));
      monitor.headAge.set({}, seen.headAgeSeconds);
    },
  };
}

type Counts<label extends string> = {
  add(labels: Record<label, string>): void;
  each(take: (labels: Record<label, string>, count: number) => void): void;
};

function createCounts<label extends string>(): Counts<label> {
  const counts = new Map<string, number>();
  return {
    add: (labels) => {
      const key = JSON.stringify(labels);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    each: (take) => {
      for (const [key, count] of counts) take(JSON.parse(key) as Record<label, string>, count);
    },
  };
}

/** Tier names are text in 32 bytes. */
const nameOf = (name: `0x${string}`): string => bytesToString(hexToBytes(name)).replaceAll("\u0000", "");

const tokens = (amount: bigint): number => Number(formatEther(amount));
