// The tiers of a local network: clocks of minutes for trying things out, of seconds for a story told in real time.
import type { Tier } from "@assay/sdk/protocol";
import { parseUnits, stringToHex } from "viem";

const minute = 60;
const tokens = (amount: string): bigint => parseUnits(amount, 18);

export const localTierNames = ["devnet", "demo"] as const;

export type LocalTierName = (typeof localTierNames)[number];

const money = {
  maxTraceDepth: 6,
  maxTensorDepth: 5,
  minLock: tokens("100"),
  lockPerFee: 20,
  minFee: tokens("0.001"),
  challengeBond: tokens("10"),
  publisherBond: tokens("50"),
  deliveryPenaltyBps: 100,
  gasPrice: tokens("0.000001"),
};

/** Tiers that exist on a local chain only, each with the unbonding delay that its time formula needs. */
export const localTiers: Readonly<Record<LocalTierName, { tier: Tier; unbondingSeconds: number }>> = {
  devnet: {
    tier: {
      name: stringToHex("devnet", { size: 32 }),
      claimSeconds: 5 * minute,
      deliverySeconds: minute,
      windowSeconds: minute,
      receiptSeconds: 2 * minute,
      workerSeconds: minute,
      challengerSeconds: minute,
      floorSeconds: 10,
      airgapSeconds: 30,
      inputSeconds: 30,
      recheckSeconds: 30,
      ...money,
    },
    unbondingSeconds: 12 * minute,
  },
  demo: {
    tier: {
      name: stringToHex("demo", { size: 32 }),
      claimSeconds: 30,
      deliverySeconds: 20,
      windowSeconds: 8,
      receiptSeconds: 20,
      workerSeconds: 20,
      challengerSeconds: 20,
      floorSeconds: 3,
      airgapSeconds: 2,
      inputSeconds: 6,
      recheckSeconds: 4,
      ...money,
    },
    unbondingSeconds: 175,
  },
};
