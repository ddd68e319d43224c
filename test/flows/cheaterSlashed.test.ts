// A worker flips one bit of one tensor and computes on. The watchtower notices, descends to the element, and is paid.
import { createTrace, type Program, tensorType } from "@assay/sdk/program";
import { expect } from "chai";
import type { Flip } from "../helpers/cheat.ts";
import { joinCheater, joinWorker, reference } from "../helpers/players.ts";
import { network, ProgramBuilder } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import { slash } from "../helpers/slash.ts";
import { setStage } from "../helpers/stage.ts";

/** Twenty steps: two levels of the trace tree. */
function deep(): Program {
  const x = tensorType("u8", [1, 64]);
  const wide = tensorType("i32", [1, 10]);
  const builder = new ProgramBuilder([x]);
  const random = new Random(3);
  const weights = tensorType("i8", [64, 10], [1, 0]);
  const data = random.data("i8", 640, { min: -64n, max: 64n });
  let sum = builder.step("MatMulInteger", [builder.input(0), builder.constant(weights, data)], [0, 0], wide);
  for (let step = 0; step < 19; step++) {
    const bias = builder.constant(wide, random.data("i32", 10, { min: -99n, max: 99n }));
    sum = builder.step("Add", [sum, bias], [], wide);
  }
  return builder.build([sum]);
}

/** Tensors of 64 tiles: two levels of the tensor tree. */
const large = () => network(2, { channels: 3, size: 32, filters: 16, classes: 10 });

interface Lie {
  flip: Flip;
  program?: () => Program;
}

const lies: Record<string, Lie> = {
  "a convolution's sum": { flip: { slot: 0, element: 3, bit: 30 } },
  "a clipped value": { flip: { slot: 3, element: 740 } },
  "a pooled byte": { flip: { slot: 5, element: 17, bit: 4 } },
  "a logit": { flip: { slot: 8, element: 6, bit: 12 } },
  "a sum in a long program": { flip: { slot: 17, element: 4, bit: 2 }, program: deep },
  "a sum in a large tensor": { flip: { slot: 0, element: 9_000, bit: 29 }, program: large },
};

describe("a cheating worker", () => {
  for (const [name, { flip, program }] of Object.entries(lies)) {
    it(`is slashed for one bit of ${name}`, async () => {
      const stage = await setStage(program && { program: program() });
      const cheater = joinCheater(stage.network, stage.library, flip);
      const { proved } = await slash(stage, cheater);
      expect(proved).to.include({ step: flip.slot });
      expect((proved.claimed ?? 0n) ^ (proved.recomputed ?? 0n)).to.equal(1n << BigInt(flip.bit ?? 0));
    });
  }

  it("is slashed for an output that does not follow from its trace", async () => {
    const stage = await setStage();
    const { network, library, committed } = stage;
    const lie = (output: Uint8Array) => output.with(0, output[0]! ^ 1);
    const cheater = joinWorker(network, library, {
      fast: {
        ...reference,
        run: async (...given) => {
          const { output, passes } = await reference.run(...given);
          return { output: lie(output), passes };
        },
        trace: async (...given) => {
          const trace = await reference.trace(...given);
          return createTrace(committed, trace.input, trace.slotsOf(), lie(trace.output));
        },
      },
    });
    const { proved, events } = await slash(stage, cheater);
    expect(proved).to.include({ op: "Collect", element: 0 });
    expect(events.find(({ kind }) => kind === "chosen")).to.include({ section: "output" });
  });
});
