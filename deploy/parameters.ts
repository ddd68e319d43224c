// The tiers that deployments offer, with the unbonding delay that each needs.
import type { Tier } from "@assay/sdk/protocol";
import { encodeBytes32String, parseUnits } from "ethers";
import { localTiers } from "../node/devnet/localTiers.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const tokens = (amount: string): bigint => parseUnits(amount, 18);
const name = (text: string) => encodeBytes32String(text) as Tier["name"];

export type TierName = "fast" | "standard" | "devnet" | "demo";

/**
 * Both are for chains where a transaction is included within 12 hours, censorship included: clocks hold two of that and
 * a move more. Depths of the deepest program served: 16,777,216 steps of all passes, and tensors of 1 GiB.
 */
const standard: Tier = {
  name: name("standard"),
  minLock: tokens("200"),
  lockPerFee: 20,
  deliveryPenaltyBps: 100,
  claimSeconds: 10 * minute,
  deliverySeconds: 10 * minute,
  windowSeconds: day,
  maxTraceDepth: 6,
  maxTensorDepth: 5,
  minFee: tokens("0.001"),
  challengeBond: tokens("10"),
  gasPrice: tokens("0.000003"),
  workerSeconds: 2 * day,
  challengerSeconds: 2 * day,
  floorSeconds: hour,
  airgapSeconds: day,
  inputSeconds: day,
  recheckSeconds: 18 * hour,
  receiptSeconds: 84 * hour,
  publisherBond: tokens("100"),
};

export const tiers: Readonly<Record<TierName, Tier>> = {
  standard,
  // Final after half an hour, for values that need no more: a challenger that is kept out for longer comes too late. Only
  // what nobody disputes is faster; whoever is disputed keeps its clocks.
  fast: { ...standard, name: name("fast"), windowSeconds: 30 * minute, recheckSeconds: 30 * minute },
  devnet: localTiers.devnet.tier,
  demo: localTiers.demo.tier,
};

const unbondingSeconds: Readonly<Record<TierName, number>> = {
  standard: 14 * day,
  fast: 14 * day,
  devnet: localTiers.devnet.unbondingSeconds,
  demo: localTiers.demo.unbondingSeconds,
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
