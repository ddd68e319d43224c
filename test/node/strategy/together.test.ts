// Which requests share a transaction, and that none is ever in two.
import type { Hex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { MOST_TOGETHER, type Ready, together, type Underway } from "../../../node/strategy/together.ts";
import { id } from "./views.ts";

const nothing: Underway = { decided: new Map(), sending: new Set(), alone: new Set() };
const ready = (number: number, parts: Partial<Ready> = {}): Ready => ({
  requestId: id(number),
  bytes: 700,
  patient: true,
  ...parts,
});
const many = (count: number, parts: Partial<Ready> = {}) =>
  Array.from({ length: count }, (_, index) => ready(index + 1, parts));
const decided = (...sets: Hex[][]) => new Map(sets.flatMap((set) => set.map((one) => [one, set] as const)));

describe("together", () => {
  it("puts what is ready into one set, up to what the market takes", () => {
    expect(together(many(3), nothing)).to.deep.equal([[id(1), id(2), id(3)]]);
    const sets = together(many(130), nothing);
    expect(sets.map(({ length }) => length)).to.deep.equal([MOST_TOGETHER, MOST_TOGETHER, 2]);
    expect(new Set(sets.flat()).size).to.equal(130);
  });

  it("keeps a transaction small enough for the pool, and sends what is large alone", () => {
    const sets = together([ready(1), ready(2, { bytes: 90_000 }), ready(3), ready(4)], nothing);
    expect(sets).to.deep.equal([[id(1)], [id(2)], [id(3), id(4)]]);
  });

  it("waits while others are on their way, and no longer than it can", () => {
    const underway = { ...nothing, decided: decided([id(1)]), sending: new Set([id(1)]) };
    expect(together(many(3), underway)).to.deep.equal([[id(1)]]);
    const urgent = [ready(1), ready(2), ready(3, { patient: false })];
    expect(together(urgent, underway)).to.deep.equal([[id(1)], [id(2), id(3)]]);
  });

  it("sends a decided set again as it was, while all of it is ready", () => {
    const underway = { ...nothing, decided: decided([id(3), id(1)]) };
    expect(together(many(4), underway)).to.deep.equal([
      [id(3), id(1)],
      [id(2), id(4)],
    ]);
    expect(together([ready(1), ready(2)], underway)).to.deep.equal([[id(1), id(2)]]);
  });

  it("sends alone what was in a set that the chain refused", () => {
    const underway = { ...nothing, alone: new Set([id(2)]) };
    expect(together(many(3), underway)).to.deep.equal([[id(2)], [id(1), id(3)]]);
  });
});
