// What a key's transactions have cost: counted once, over re-organisations, and still known when they are forgotten.
import { expect } from "chai";
import { paidIn } from "../../../node/chain/spending.ts";
import { createTransactions, type Mined } from "../../../node/chain/transactions.ts";
import { day } from "../../../node/clock.ts";
import type { Database } from "../../../node/store/database.ts";
import { temporaryDatabase } from "../../helpers/nodeParts.ts";

const sender = `0x${"AB".repeat(20)}` as const;
const other = `0x${"cd".repeat(20)}` as const;
const hash = (number: number) => `0x${number.toString(16).padStart(64, "0")}` as const;
const today = 20_000;

describe("spending", () => {
  let database: Database;
  let now: number;
  const clock = { now: () => now, sleep: async () => {} };
  const open = (address = sender) =>
    createTransactions({ database, clock, chainId: 31337, sender: address as typeof sender });

  beforeEach(() => {
    database = temporaryDatabase();
    now = today * day;
  });
  afterEach(() => database.close());

  const mined = (cost: Partial<Mined> = {}): Mined => ({
    outcome: "success",
    hash: hash(1),
    block: 7n,
    blockHash: hash(9),
    gasUsed: 21_000n,
    paid: 10n ** 19n,
    ...cost,
  });
  const asked = (key: string, label = "choose") => ({
    key,
    label,
    to: sender,
    data: "0x" as const,
    value: 0n,
    gas: undefined,
    deadline: undefined,
    urgent: false,
  });

  it("is by day and by what was done, of this key alone", () => {
    const transactions = open();
    for (const [key, label] of [
      ["a", "choose"],
      ["b", "choose"],
      ["c", "challenge"],
    ] as const)
      transactions.setMined(transactions.queue(asked(key, label)).id, mined());
    open(other).setMined(open(other).queue(asked("a")).id, mined());
    now += day;
    transactions.setMined(transactions.queue(asked("d")).id, mined({ outcome: "reverted", paid: 5n }));
    transactions.queue(asked("not mined"));
    const sum = (transactionsOf: number) => ({
      transactions: transactionsOf,
      gasUsed: 21_000n * BigInt(transactionsOf),
      paid: 10n ** 19n * BigInt(transactionsOf),
    });
    expect(transactions.spending()).to.deep.equal([
      { day: today, label: "challenge", ...sum(1) },
      { day: today, label: "choose", ...sum(2) },
      { day: today + 1, label: "choose", transactions: 1, gasUsed: 21_000n, paid: 5n },
    ]);
    expect(paidIn(transactions.spending(now + 1_000))).to.equal(5n);
  });

  it("counts a transaction once that is mined again after a re-organisation", () => {
    const transactions = open();
    const { id } = transactions.queue(asked("a"));
    transactions.setMined(id, mined());
    transactions.setState(id, "pending");
    transactions.setMined(id, mined({ paid: 3n, blockHash: hash(10) }));
    expect(paidIn(transactions.spending())).to.equal(3n);
  });

  it("is the same after what it was spent on was forgotten, again and again", () => {
    const transactions = open();
    for (let round = 0; round < 3; round++) {
      const { id } = transactions.queue(asked(`key ${round}`));
      transactions.setMined(id, mined({ paid: 1n }));
      if (round < 2) transactions.setFinal(id);
      const before = transactions.spending();
      transactions.forget(now + 1);
      expect(transactions.spending()).to.deep.equal(before);
    }
    expect(transactions.recent(9).map(({ key }) => key)).to.deep.equal(["key 2"]);
    expect(paidIn(transactions.spending())).to.equal(3n);
  });

  it("keeps what is not at its end, and what ended lately", () => {
    const transactions = open();
    const [a, b, c] = ["a", "b", "c"].map((key) => transactions.queue(asked(key)).id);
    transactions.setMined(a!, mined());
    transactions.setFinal(a!);
    now += 1_000;
    transactions.setMined(b!, mined());
    transactions.setFinal(b!);
    transactions.forget(now);
    expect(transactions.recent(9).map(({ id }) => id)).to.deep.equal([c, b]);
  });
});
