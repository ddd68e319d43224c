// Fees: what the cap allows, and how it rises for dispute moves.
import { expect } from "chai";
import fc from "fast-check";
import { least, most } from "../../../node/bigints.ts";
import { feeCap, firstFees, replacementFees } from "../../../node/chain/fees.ts";

const policy = { maxFeePerGas: 100n, maxPriorityFeePerGas: 2n, urgentFeeFactor: 5 };

describe("fees", () => {
  it("keep to the cap, rising to the factor from a quarter to three quarters of an urgent deadline", () => {
    const urgent = { urgent: true, deadline: 1_100n, askedAt: 100 };
    expect([100, 350, 600, 850, 1_100, 9_999].map((now) => feeCap(policy, urgent, now))).to.deep.equal([
      100n,
      100n,
      300n,
      500n,
      500n,
      500n,
    ]);
    expect(feeCap(policy, { ...urgent, urgent: false }, 1_100)).to.equal(100n);
    expect(feeCap(policy, { ...urgent, deadline: undefined }, 1_100)).to.equal(100n);
    expect(feeCap(policy, { ...urgent, deadline: 50n }, 100)).to.equal(500n);
  });

  it("wait for the network to come down to the cap", () => {
    expect(firstFees(policy, { baseFeePerGas: 100n, suggestedPriority: 1n }, 100n)).to.equal(undefined);
    expect(firstFees(policy, { baseFeePerGas: 99n, suggestedPriority: 9n }, 100n)).to.deep.equal({
      maxFeePerGas: 100n,
      maxPriorityFeePerGas: 2n,
    });
    expect(firstFees(policy, { baseFeePerGas: 10n, suggestedPriority: 1n }, 100n)).to.deep.equal({
      maxFeePerGas: 21n,
      maxPriorityFeePerGas: 1n,
    });
  });

  it("[property] replace with at least a tenth more of both, never above the cap, never more tip than fee", () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (a, b, base, cap) => {
        const previous = { maxFeePerGas: most(a, b), maxPriorityFeePerGas: least(a, b) };
        const fresh = firstFees(policy, { baseFeePerGas: base, suggestedPriority: 1n }, cap);
        const next = replacementFees(previous, fresh, cap);
        if (next === undefined) return;
        expect(next.maxFeePerGas <= cap).to.equal(true);
        expect(next.maxPriorityFeePerGas <= next.maxFeePerGas).to.equal(true);
        expect(next.maxFeePerGas * 10n >= previous.maxFeePerGas * 11n).to.equal(true);
        expect(next.maxPriorityFeePerGas * 10n >= previous.maxPriorityFeePerGas * 11n).to.equal(true);
      }),
    );
  });
});
