// I-55: what everybody earns and loses under the tiers as they are deployed. A model of money, not of code: its shares, gas
// and prices are the contracts' own, its adversaries are every party at once, and a cheater's friend always challenges first.
import type { Tier } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type TierName, tiers } from "../../deploy/parameters.ts";
import { constantOf } from "../../scripts/solidityConstants.ts";

const split = (name: string): number => constantOf("libraries/SplitLib", name) / 10_000;
const gasOf = (name: string): number => constantOf("libraries/MoveGasLib", name);

/** What a challenger's moves cost at most; the benchmark of gas holds the contracts to it. */
const dearest = { challenge: 400_000, laterChallenge: 190_000, choose: 60_000 };
const FEES = [0.001, 1, 10, 100, 10_000];

interface Market {
  /** Token units of 18 decimals, as numbers. */
  bond: number;
  price: number;
  depth: number;
  lockOf(fee: number): number;
}

const marketOf = (tier: Tier): Market => ({
  bond: Number(tier.challengeBond),
  price: Number(tier.gasPrice),
  depth: tier.maxTraceDepth + tier.maxTensorDepth,
  lockOf: (fee) => Math.max(Number(tier.minLock), tier.lockPerFee * fee),
});

const tokens = (amount: number): number => amount * 1e18;

/** Who gets what of a slashed lock, with the whole gas pot spent. */
function slash(lock: number, fee: number) {
  const reporter = lock * split("REPORTER_BPS");
  const gasPot = lock * split("GAS_POT_BPS");
  const audit = lock * split("AUDIT_BPS");
  const compensation = Math.min(
    lock * split("COMPENSATION_BPS"),
    fee * constantOf("libraries/SplitLib", "COMPENSATION_FEES"),
  );
  return { reporter, gasPot, audit, compensation };
}

for (const name of Object.keys(tiers) as TierName[]) {
  const { bond, price, depth, lockOf } = marketOf(tiers[name]);
  const replies = (gasOf("BIND") + depth * gasOf("REVEAL") + gasOf("REVEAL_TILE")) * price;
  const proof = gasOf("PROVE_STEP") + gasOf("JUDGE_MAX");
  const repaid = (gasOf("CHALLENGE") + depth * gasOf("CHOOSE") + proof) * price;
  const spentAs = (challenge: number): number => (challenge + depth * dearest.choose + proof) * price;

  describe(`I-55: incentives under ${name}`, () => {
    it("an honest worker never loses by being challenged, and who challenges it falsely loses more than it gains", () => {
      const gained = split("WORKER_BOND_BPS") * bond;
      expect(gained).to.be.at.least(replies);
      expect(bond + gasOf("NEXT_CHALLENGE") * price).to.be.greaterThan(gained);
    });

    it("a coalition of worker, friends, requester, mover and audit pool loses half of the lock at least", () => {
      for (const fee of FEES.map(tokens)) {
        const lock = lockOf(fee);
        const back = Object.values(slash(lock, fee)).reduce((sum, part) => sum + part, 0);
        expect(lock - back).to.be.at.least(lock / 2 - 1e6);
      }
    });

    it("a lie worth less than half its lock does not pay, at any detection from p* on, and p* is at most a half", () => {
      for (const fee of FEES.map(tokens)) {
        const lock = lockOf(fee);
        const burned = lock - Object.values(slash(lock, fee)).reduce((sum, part) => sum + part, 0);
        for (const part of [0.01, 0.25, 0.5, 0.99]) {
          const gain = (part * lock) / 2;
          const least = gain / (gain + burned);
          expect(least).to.be.at.most(0.5);
          for (const found of [least + 0.001, (least + 1) / 2, 1])
            expect((1 - found) * gain - found * burned, `${fee} ${part} ${found}`).to.be.lessThan(0);
        }
      }
    });

    it("a challenger who is first earns on every true fault, at the reference price of gas", () => {
      for (const fee of FEES.map(tokens)) {
        const { reporter, gasPot } = slash(lockOf(fee), fee);
        expect(reporter + Math.min(repaid, gasPot) - spentAs(dearest.challenge)).to.be.greaterThan(0);
      }
    });

    it("S-13: a challenger whom the friend always precedes is repaid but for a tenth of a bond", () => {
      for (const fee of FEES.map(tokens)) {
        const { gasPot } = slash(lockOf(fee), fee);
        expect(gasPot, "the one that proves is paid first").to.be.at.least(2 * repaid);
        expect(spentAs(dearest.laterChallenge) - repaid).to.be.at.most(bond / 10);
      }
    });
  });
}
