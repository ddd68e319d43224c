// The tiers that deployments offer, with the unbonding delay that each needs.
import type { Tier } from "@assay/sdk/protocol";
import { encodeBytes32String, parseUnits } from "ethers";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const tokens = (amount: string): bigint => parseUnits(amount, 18);
const name = (text: string) => encodeBytes32String(text) as Tier["name"];

export type TierName = "standard" | "devnet" | "demo";

/** Deepest program that a tier serves: 16,777,216 steps of all passes, and tensors of 1 GiB. */
const depths = { maxTraceDepth: 6, maxTensorDepth: 5 };

export const tiers: Readonly<Record<TierName, Tier>> = {
  // For chains with transaction inclusion within hours, censorship included.
  standard: {
    name: name("standard"),
    claimSeconds: 10 * minute,
    deliverySeconds: 10 * minute,
    windowSeconds: day,
    workerSeconds: 2 * day,
    challengerSeconds: 2 * day,
    floorSeconds: hour,
    airgapSeconds: day,
    inputSeconds: 6 * hour,
    ...depths,
    minLock: tokens("200"),
    lockPerFee: 20,
    minFee: tokens("0.001"),
    challengeBond: tokens("10"),
    publisherBond: tokens("100"),
    deliveryPenaltyBps: 100,
    gasPrice: tokens("0.000003"),
  },
  // Minutes instead of days: for trying things out by hand.
  devnet: {
    name: name("devnet"),
    claimSeconds: 5 * minute,
    deliverySeconds: minute,
    windowSeconds: minute,
    workerSeconds: minute,
    challengerSeconds: minute,
    floorSeconds: 10,
    airgapSeconds: 30,
    inputSeconds: 30,
    ...depths,
    minLock: tokens("100"),
    lockPerFee: 20,
    minFee: tokens("0.001"),
    challengeBond: tokens("10"),
    publisherBond: tokens("50"),
    deliveryPenaltyBps: 100,
    gasPrice: tokens("0.000001"),
  },
  // Seconds, so that a whole dispute fits into a minute of real time.
  demo: {
    name: name("demo"),
    claimSeconds: 30,
    deliverySeconds: 20,
    windowSeconds: 8,
    workerSeconds: 20,
    challengerSeconds: 20,
    floorSeconds: 3,
    airgapSeconds: 2,
    inputSeconds: 3,
    ...depths,
    minLock: tokens("100"),
    lockPerFee: 20,
    minFee: tokens("0.001"),
    challengeBond: tokens("10"),
    publisherBond: tokens("50"),
    deliveryPenaltyBps: 100,
    gasPrice: tokens("0.000001"),
  },
};

const unbondingSeconds: Readonly<Record<TierName, number>> = {
  standard: 14 * day,
  devnet: 11 * minute,
  demo: 170,
};

/** What the `Parameters` contract is built from. Version 1 is the first tier named. */
export interface ParameterSet {
  tiers: readonly Tier[];
  unbondingSeconds: number;
}

export const parameterSet = (names: readonly TierName[]): ParameterSet => ({
  tiers: names.map((tier) => tiers[tier]),
  unbondingSeconds: Math.max(...names.map((tier) => unbondingSeconds[tier])),
});
