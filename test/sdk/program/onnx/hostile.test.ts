// Damaged files, program files and models from elsewhere: each is refused with a typed error, or is a program that is the
// same in every execution. Never a crash, a hang or a full memory.
import { elementCount } from "@assay/sdk/program";
import { expect } from "chai";
import { evaluated } from "../../../equality/executions.ts";
import { type Harness, startHarness } from "../../../equality/harness.ts";
import { stepCases } from "../../../equality/nodeTestsRuns.ts";
import { type HostileKind, readHostileFile } from "../../../helpers/hostileKinds.ts";
import { readHostile } from "../../../helpers/hostileProcess.ts";

const FILES = 150;
const MAX_MEGABYTES = 1024;
/** Accepted programs of each kind that the judge is asked about, and elements of each of their steps. */
const MOST_ON_CHAIN = 6;
const MOST_ELEMENTS = 8;
const kinds: readonly HostileKind[] = ["program", "model", "float", "quantized"];

describe("hostile ONNX files", function () {
  this.timeout(120_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  /** Every step of an accepted program, on one random input. */
  async function expectSameOnChain(kind: HostileKind, seed: number): Promise<void> {
    const read = readHostileFile(kind, seed);
    const program = await read.program;
    if (program.maxPasses > 1) return;
    const inputs = program.inputs.map((type) => read.random.data(type.dtype, elementCount(type)));
    const cases = stepCases({ name: `${kind} ${seed}`, program, inputs });
    const onChain = await harness.elements(cases, MOST_ELEMENTS);
    for (const [index, stepCase] of cases.entries()) {
      const expected = evaluated(stepCase);
      for (const [element, value] of onChain[index]!)
        expect(value, `${stepCase.name}, element ${element}`).to.equal(expected[element]);
    }
  }

  for (const kind of kinds)
    it(`S-02 ${FILES} of kind ${kind}: refused by type, or equal everywhere`, async () => {
      const { outcomes, failures } = await readHostile(kind, 1, FILES);
      expect(failures).to.deep.equal([]);
      expect(outcomes).to.have.length(FILES);
      const accepted = outcomes.filter((outcome) => outcome.accepted !== undefined);
      // some changes only touch weights and make another good program: the test must not refuse everything
      expect(accepted.length)
        .to.be.greaterThan(0)
        .and.lessThan(FILES / 2);
      expect(Math.max(...outcomes.map(({ megabytes }) => megabytes))).to.be.lessThan(MAX_MEGABYTES);
      const run = accepted.filter((outcome) => outcome.accepted === "run").slice(0, MOST_ON_CHAIN);
      for (const { seed } of run) await expectSameOnChain(kind, seed);
    });
});
