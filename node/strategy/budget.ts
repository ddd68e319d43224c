// What a watchtower may spend: bonds and gas, with everything kept back that its open disputes may still need.
import type { Tier } from "@assay/sdk/protocol";
import type { DisputeView } from "./views.ts";

export interface BudgetLimits {
  /** Most that may be locked in bonds at a time; undefined: whatever the wallet holds. */
  bondBudget: bigint | undefined;
  /** Most disputes at a time; undefined: any number. */
  mostDisputes?: number | undefined;
  /** Most that gas may cost in a day, in base units of the chain's coin; undefined: whatever the key holds. */
  gasBudget?: bigint | undefined;
}

/** What the challenger's key has, and what it spent. */
export interface Funds {
  /** Stake tokens in its wallet. */
  wallet: bigint;
  /** Base units of the chain's coin on the key. */
  coins: bigint;
  /** What its transactions have cost since midnight (UTC). */
  spentToday: bigint;
  /** Base units per unit of gas that a dispute is reckoned with. */
  maxFeePerGas: bigint;
}

/** What is bound already. */
export interface Bound {
  /** Bonds of open disputes and of open input requests. */
  bonds: bigint;
  disputes: number;
  /** Gas that the open disputes may still need, in units. */
  gas: bigint;
}

/** What is too dear. */
export type Shortage = "bond" | "disputes" | "gas" | "gasBudget";

export interface Purse {
  /** Takes it out; says what is lacking instead where there is too little left. */
  take(cost: { bond: bigint; gas: bigint; disputes: number }): Shortage | undefined;
  /** True when a bond was too dear. */
  isShortOfTokens(): boolean;
}

export function purseOf(bound: Bound, funds: Funds, limits: BudgetLimits): Purse {
  const price = funds.maxFeePerGas;
  let { bonds, disputes, gas } = bound;
  let { wallet } = funds;
  let isShort = false;
  return {
    take: (cost) => {
      const bonded = bonds + cost.bond;
      if (cost.bond > wallet || (limits.bondBudget !== undefined && bonded > limits.bondBudget)) {
        isShort = true;
        return "bond";
      }
      if (limits.mostDisputes !== undefined && disputes + cost.disputes > limits.mostDisputes)
        return "disputes";
      // INVARIANT: what is open already can be played to its end before anything new is begun.
      const needed = (gas + cost.gas) * price;
      if (needed > funds.coins) return "gas";
      if (limits.gasBudget !== undefined && funds.spentToday + needed > limits.gasBudget) return "gasBudget";
      wallet -= cost.bond;
      [bonds, disputes, gas] = [bonded, disputes + cost.disputes, gas + cost.gas];
      return undefined;
    },
    isShortOfTokens: () => isShort,
  };
}

/** Gas of each move of a challenger, at most: what contracts/libraries/MoveGasLib.sol knows of them, and a quarter more. */
export const challengerGas = {
  challenge: 500_000n,
  choose: 75_000n,
  proveStep: 4_000_000n,
  settle: 300_000n,
  requestInput: 500_000n,
} as const;

/** Gas of a whole dispute on a commitment under `tier`, the transaction that opens it included. */
export const disputeGas = (tier: Pick<Tier, "maxTraceDepth" | "maxTensorDepth">): bigint =>
  challengerGas.challenge + restGas(tier, 0);

/** Gas that an open dispute may still need. */
export function remainingGas(
  { dispute }: Pick<DisputeView, "dispute">,
  tier: Pick<Tier, "maxTraceDepth" | "maxTensorDepth">,
): bigint {
  return dispute.status === "open" ? restGas(tier, dispute.position.depth) : challengerGas.settle;
}

function restGas(
  { maxTraceDepth, maxTensorDepth }: Pick<Tier, "maxTraceDepth" | "maxTensorDepth">,
  depth: number,
): bigint {
  const choices = Math.max(0, maxTraceDepth + maxTensorDepth - depth);
  return BigInt(choices) * challengerGas.choose + challengerGas.proveStep + challengerGas.settle;
}
