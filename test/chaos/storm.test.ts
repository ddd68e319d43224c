// Endpoints that fail, lose and delay, clocks that are wrong, and a chain that runs backwards: nothing but time is lost.
import { expect } from "chai";
import { playChaos } from "../helpers/chaosStory.ts";

describe("a storm", function () {
  this.timeout(180_000);

  for (const seed of [1])
    it(`number ${seed} delays everybody and changes nothing (I-10, I-29, S-11, S-13)`, async () => {
      const outcome = await playChaos({ seed, requests: 6, reorgs: 5 });
      const { wrongFinality, lostStake, doubleSpends, finalized, slashed, reorgs, faults } = outcome;
      expect({ wrongFinality, lostStake, doubleSpends }).to.deep.equal({
        wrongFinality: [],
        lostStake: 0n,
        doubleSpends: [],
      });
      expect({ finalized, slashed }).to.deep.equal({ finalized: 3, slashed: 3 });
      expect(reorgs).to.have.lengthOf(10);
      expect(faults).to.be.greaterThan(20);
    });
});
