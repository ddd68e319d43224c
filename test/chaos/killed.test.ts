// SIGKILL between two writes of the journal: whoever starts again ends where it would have ended, and signs nothing twice.
// `npm run bench -- chaos` does it at every point.
import { expect } from "chai";
import { type KillOptions, type KillStage, openKillStage, playKill } from "../helpers/chaosKill.ts";

const deaths: readonly KillOptions[] = [
  { role: "worker", point: 9, moment: "before" },
  { role: "worker", point: 15, moment: "after" },
  { role: "worker", point: 22, moment: "before" },
  { role: "watchtower", point: 8, moment: "after" },
  { role: "watchtower", point: 17, moment: "before" },
  { role: "watchtower", point: 26, moment: "after" },
];

describe("a role killed in the middle of its journal", function () {
  this.timeout(120_000);
  let stage: KillStage;

  before(async () => {
    stage = await openKillStage();
  });
  after(() => stage.close());

  for (const death of deaths)
    it(`a ${death.role}, ${death.moment} commit ${death.point}, signs nothing twice and loses nothing (S-11)`, async () => {
      const { killed, finalized, slashed, wrongFinality, lostStake, doubleSpends, equivocations } =
        await playKill(stage, death);
      expect(killed).to.equal(true);
      expect({ finalized, slashed }).to.deep.equal(
        death.role === "worker" ? { finalized: 1, slashed: 0 } : { finalized: 0, slashed: 1 },
      );
      expect({ wrongFinality, lostStake, doubleSpends, equivocations }).to.deep.equal({
        wrongFinality: [],
        lostStake: 0n,
        doubleSpends: [],
        equivocations: [],
      });
    });
});
