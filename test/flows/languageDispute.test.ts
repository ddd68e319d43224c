// A language model tells 64 tokens, one bit on the way to the fortieth is wrong, and the chain finds it.
import { createTrace } from "@assay/sdk/program";
import { expect } from "chai";
import type { RoleEvent } from "../../node/roles/roleEvents.ts";
import { createAnvilNetwork } from "../helpers/anvilNetwork.ts";
import type { Network } from "../helpers/people.ts";
import { joinWorker } from "../helpers/players.ts";
import { slash } from "../helpers/slash.ts";
import { setStage } from "../helpers/stage.ts";
import { tellStory, tellWrongly } from "../helpers/story.ts";

const TOKENS = 64;
const WRONG = 40;

const moves: readonly RoleEvent["kind"][] = [
  "challenged",
  "bound",
  "chosen",
  "revealed",
  "tile",
  "stepProved",
];

describe("a dispute about a language model", function () {
  this.timeout(180_000);
  let network: Network | undefined;
  after(() => network?.close());

  it("S-04: finds one wrong bit in token 40 of 64, in 16 transactions and 5,000,000 gas at most", async () => {
    const story = await tellStory(TOKENS);
    const { program, input, passes, output } = story;
    expect(passes.length, "passes").to.be.at.least(TOKENS);
    const wrong = await tellWrongly(story, WRONG);
    network = await createAnvilNetwork();
    const stage = await setStage({ network, program });
    const cheater = joinWorker(network, stage.library, {
      fast: {
        name: "cheater",
        run: async () => ({ output: wrong.output, passes: wrong.passes.length }),
        trace: async () => createTrace(stage.committed, input, wrong.passes, wrong.output),
        close: async () => {},
      },
    });
    const honest = {
      name: "honest",
      run: async () => ({ output, passes: passes.length }),
      trace: async () => createTrace(stage.committed, input, passes, output),
      close: async () => {},
    };
    const { proved, events } = await slash(stage, cheater, input, { reference: honest });
    expect(proved).to.include({ pass: wrong.pass, step: wrong.slot, op: "MatMulInteger" });
    const sent = events.flatMap((event) => ("gas" in event && moves.includes(event.kind) ? [event] : []));
    const gas = sent.reduce((sum, event) => sum + Number(event.gas), 0);
    expect(sent.length, "transactions").to.be.at.most(16);
    expect(gas, "gas").to.be.at.most(5_000_000);
  });
});
