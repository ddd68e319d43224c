// What a watchtower may spend, and what it keeps back for the disputes that it has begun.
import { expect } from "chai";
import {
  type Bound,
  type BudgetLimits,
  challengerGas,
  disputeGas,
  type Funds,
  purseOf,
  remainingGas,
} from "../../../node/strategy/budget.ts";
import { dutiesOf, watchtowerModes } from "../../../node/strategy/watchtowerModes.ts";
import { disputeView, tier } from "./views.ts";

const rich: Funds = { wallet: 1_000n, coins: 10n ** 18n, spentToday: 0n, maxFeePerGas: 10n };
const nothing: Bound = { bonds: 0n, disputes: 0, gas: 0n };
const unlimited: BudgetLimits = { bondBudget: undefined };
const cost = { bond: 50n, gas: 1_000n, disputes: 1 };

describe("the budget of a watchtower", () => {
  const take = (bound: Partial<Bound>, funds: Partial<Funds>, limits: Partial<BudgetLimits> = {}) =>
    purseOf({ ...nothing, ...bound }, { ...rich, ...funds }, { ...unlimited, ...limits }).take(cost);

  it("spends what the wallet holds, to the last token", () => {
    expect(take({}, { wallet: 50n })).to.equal(undefined);
    expect(take({}, { wallet: 49n })).to.equal("bond");
  });

  it("keeps the bonds of everything that is open within the budget", () => {
    expect(take({ bonds: 50n }, {}, { bondBudget: 100n })).to.equal(undefined);
    expect(take({ bonds: 51n }, {}, { bondBudget: 100n })).to.equal("bond");
  });

  it("has no more disputes at a time than it may", () => {
    expect(take({ disputes: 2 }, {}, { mostDisputes: 3 })).to.equal(undefined);
    expect(take({ disputes: 3 }, {}, { mostDisputes: 3 })).to.equal("disputes");
  });

  it("begins nothing new before what is open can be played to its end", () => {
    expect(take({ gas: 9_000n }, { coins: 100_000n })).to.equal(undefined);
    expect(take({ gas: 9_001n }, { coins: 100_000n })).to.equal("gas");
  });

  it("counts what was spent today, and what is to be spent, against the day's gas", () => {
    const limits = { gasBudget: 100_000n };
    expect(take({ gas: 4_000n }, { spentToday: 50_000n }, limits)).to.equal(undefined);
    expect(take({ gas: 4_000n }, { spentToday: 50_001n }, limits)).to.equal("gasBudget");
  });

  it("takes each token and each unit of gas out once", () => {
    const purse = purseOf(nothing, { ...rich, wallet: 100n, coins: 25_000n }, unlimited);
    expect([purse.take(cost), purse.take(cost), purse.take({ ...cost, bond: 0n })]).to.deep.equal([
      undefined,
      undefined,
      "gas",
    ]);
    expect(purse.isShortOfTokens()).to.equal(false);
    expect(purse.take({ ...cost, gas: 0n })).to.equal("bond");
    expect(purse.isShortOfTokens()).to.equal(true);
  });

  it("keeps back less for a dispute the deeper it stands, and only the settling of one that is won", () => {
    const at = (depth: number) =>
      remainingGas(disputeView({ position: { section: "trace", depth, path: 0n } }), tier);
    expect(at(0) + challengerGas.challenge).to.equal(disputeGas(tier));
    expect(at(3)).to.equal(at(0) - 3n * challengerGas.choose);
    expect(at(99)).to.equal(challengerGas.proveStep + challengerGas.settle);
    expect(remainingGas(disputeView({ status: "won" }), tier)).to.equal(challengerGas.settle);
  });
});

describe("watchtower modes", () => {
  it("do more one after the other", () => {
    expect(watchtowerModes.map(dutiesOf)).to.deep.equal([
      { challenges: false, pokes: false, replies: false },
      { challenges: true, pokes: false, replies: false },
      { challenges: true, pokes: true, replies: false },
      { challenges: true, pokes: true, replies: true },
    ]);
  });
});
