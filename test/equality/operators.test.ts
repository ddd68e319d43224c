// Every operator gives the same bits in TypeScript, on the chain and in onnxruntime.
import { expect } from "chai";
import { Random } from "../helpers/random.ts";
import { opNames } from "../helpers/steps.ts";
import { worstCases } from "./cases/index.ts";
import { compare } from "./differences.ts";
import { type Harness, startHarness } from "./harness.ts";
import { randomDot, randomStepCase, type StepCase } from "./stepCase.ts";

const RANDOM_CASES = Number(process.env.ASSAY_EQUALITY_CASES ?? 300);
/** On the chain, of one case. */
const MOST_ELEMENTS = 24;
const SEED = Number(process.env.ASSAY_SEED ?? 1);

describe(`I-22: operators (seed ${SEED})`, function () {
  this.timeout(120_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  async function expectEqual(cases: readonly StepCase[], most?: number): Promise<void> {
    const { differences } = await compare(cases, harness, most);
    expect(differences).to.deep.equal([]);
  }

  const randomCases = (draw: (random: Random) => StepCase): StepCase[] => {
    const random = new Random(SEED);
    return Array.from({ length: RANDOM_CASES }, () => draw(random));
  };

  for (const op of opNames) {
    it(`${op} is the same everywhere in its worst cases`, () => expectEqual(worstCases[op]));
    it(`${op} is the same everywhere in ${RANDOM_CASES} random cases`, () =>
      expectEqual(
        randomCases((random) => randomStepCase(op, random)),
        MOST_ELEMENTS,
      ));
  }
  it(`MatMulInteger is the same everywhere on ${RANDOM_CASES} long rows`, () =>
    expectEqual(randomCases(randomDot)));
});
