// What a watchtower shows of itself: its disputes, its money, what it leaves out and what holds it back.
import type { Hex } from "@assay/sdk/protocol";
import { formatEther, formatGwei } from "viem";
import { most } from "../bigints.ts";
import { type BudgetLimits, disputeGas, remainingGas } from "../strategy/budget.ts";
import type { Omission } from "../strategy/coverage.ts";
import { standing } from "../strategy/turns.ts";
import type { WatchtowerAction, WatchtowerState } from "../strategy/watchtowerPlan.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export type WatchtowerGauges = {
  /** A round begins: what is left out is counted anew. */
  begin(): void;
  omitted(reason: Omission): void;
  set(state: WatchtowerState, actions: readonly WatchtowerAction[], coverage: number): void;
};

type Owned = { isOwn(dispute: { challenger: Hex }): boolean; limits: BudgetLimits };

export function createWatchtowerGauges({ watchtower }: Metrics, { isOwn, limits }: Owned): WatchtowerGauges {
  let omissions = new Map<Omission, number>();

  function setDisputes({ commitments, now }: WatchtowerState): void {
    const own = commitments.flatMap((view) =>
      view.disputes
        .filter(({ dispute }) => isOwn(dispute))
        .map((dispute) => ({ ...dispute, tier: view.tier, standing: standing(dispute, view, now) })),
    );
    const open = own.filter(({ dispute }) => dispute.status === "open");
    const bonds = (of: typeof own) => of.reduce((total, { dispute }) => total + dispute.bond, 0n);
    watchtower.disputes.set({ status: "open" }, open.length);
    watchtower.disputes.set({ status: "ended" }, own.length - open.length);
    watchtower.bonds.set({ state: "locked" }, tokens(bonds(open)));
    for (const status of ["won", "lost"] as const)
      watchtower.bonds.set(
        { state: status },
        tokens(bonds(own.filter((one) => one.dispute.status === status))),
      );
    watchtower.deadline.reset();
    const waiting = open.filter((one) => one.standing.waitingFor === "challenger");
    const [urgent] = waiting.map((one) => one.standing.turn.deadline).sort((a, b) => Number(a - b));
    if (urgent !== undefined) watchtower.deadline.set({}, Number(urgent - now));
  }

  /** What the disputes that are open and the next one need, and what there is. */
  function setMoney(state: WatchtowerState, actions: readonly WatchtowerAction[]): void {
    const { commitments, wallet, spentToday, maxFeePerGas } = state;
    const waiting = actions.filter(
      (action) => action.kind === "alarm" && action.reason === "unchallenged" && action.because === "bond",
    ).length;
    const dearest = most(0n, ...commitments.map(({ tier }) => tier.challengeBond));
    watchtower.bonds.set({ state: "available" }, tokens(wallet));
    watchtower.bonds.set({ state: "required" }, tokens(dearest * BigInt(Math.max(1, waiting))));
    const own = commitments.flatMap(({ disputes, tier }) =>
      disputes
        .filter(({ dispute, settled }) => isOwn(dispute) && dispute.status !== "lost" && !settled)
        .map((dispute) => remainingGas(dispute, tier)),
    );
    const reserved = own.reduce((total, gas) => total + gas, 0n);
    const next = most(0n, ...commitments.map(({ tier }) => disputeGas(tier)));
    watchtower.gas.set({ state: "spent" }, gwei(spentToday));
    watchtower.gas.set({ state: "reserved" }, gwei(reserved * maxFeePerGas));
    watchtower.gas.set({ state: "required" }, gwei((reserved + next) * maxFeePerGas));
    watchtower.gas.set({ state: "available" }, gwei(state.coins));
    if (limits.gasBudget !== undefined) watchtower.gas.set({ state: "limit" }, gwei(limits.gasBudget));
  }

  function setObstacles(
    { health, distrusted, refuted }: WatchtowerState,
    actions: readonly WatchtowerAction[],
  ) {
    const alarms = actions.filter((action) => action.kind === "alarm");
    const reasons = {
      endpoints: !health.endpointsAgree,
      head: !health.headFresh,
      selfTest: distrusted.size > 0,
    };
    for (const [reason, holds] of Object.entries(reasons)) watchtower.halted.set({ reason }, Number(holds));
    const contradicts = alarms.some(({ reason }) => reason === "contradiction");
    watchtower.halted.set({ reason: "contradiction" }, Number(contradicts));
    watchtower.refuted.set({}, refuted.size);
    watchtower.unchallenged.reset();
    const counts = new Map<string, number>();
    for (const alarm of alarms)
      if (alarm.reason === "unchallenged") counts.set(alarm.because, (counts.get(alarm.because) ?? 0) + 1);
    for (const [because, count] of counts) watchtower.unchallenged.set({ because }, count);
  }

  return {
    begin: () => {
      omissions = new Map();
    },
    omitted: (reason) => {
      omissions.set(reason, (omissions.get(reason) ?? 0) + 1);
    },
    set: (state, actions, coverage) => {
      setDisputes(state);
      setMoney(state, actions);
      setObstacles(state, actions);
      watchtower.coverage.set({}, coverage);
      watchtower.omitted.reset();
      for (const [reason, count] of omissions) watchtower.omitted.set({ reason }, count);
    },
  };
}

const tokens = (amount: bigint): number => Number(formatEther(amount));
const gwei = (amount: bigint): number => Number(formatGwei(amount));
