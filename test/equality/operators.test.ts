// Every operator gives the same bits in TypeScript, on the chain and in onnxruntime.
import { expect } from "chai";
import type { OpName } from "../../sdk/program/types.ts";
import { caseSources } from "./cases/index.ts";
import { byElements, evaluated, type Harness, inOnnxruntime, startHarness } from "./executions.ts";
import { Random } from "./random.ts";
import type { StepCase } from "./stepCase.ts";

const RANDOM_CASES = Number(process.env.ASSAY_EQUALITY_CASES ?? 300);
const SEED = Number(process.env.ASSAY_SEED ?? 1);

describe(`operators (seed ${SEED})`, () => {
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  async function expectEqual(cases: readonly StepCase[]): Promise<void> {
    const onChain = await harness.elements(cases);
    for (const [index, stepCase] of cases.entries()) {
      const about = `${stepCase.name}, case ${index} of seed ${SEED}`;
      const expected = evaluated(stepCase);
      expect(byElements(stepCase), `element(), ${about}`).to.deep.equal(expected);
      expect(onChain[index], `on-chain, ${about}`).to.deep.equal(expected);
      if (stepCase.onnx)
        expect(await inOnnxruntime(stepCase), `onnxruntime, ${about}`).to.deep.equal(expected);
    }
  }

  for (const [op, source] of Object.entries(caseSources) as [OpName, (typeof caseSources)[OpName]][]) {
    it(`${op}: constructed worst cases`, () => expectEqual(source.worst));

    it(`${op}: ${RANDOM_CASES} random cases`, async () => {
      const random = new Random(SEED);
      await expectEqual(Array.from({ length: RANDOM_CASES }, () => source.random(random)));
    });
  }
});
