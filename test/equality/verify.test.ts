// S-04: the judge and its TypeScript twin agree on honest proofs, on flipped bits anywhere and on nodes out of place.
import { StepProofError, verifyStep } from "@assay/sdk/program";
import { expect } from "chai";
import { Random } from "../helpers/random.ts";
import { opNames } from "../helpers/steps.ts";
import type { ProofCase } from "../helpers/vectors.ts";
import { type Harness, type Outcome, startHarness } from "./harness.ts";
import { damagedProof, honestProof, traces } from "./proofQuestions.ts";

const QUESTIONS = Number(process.env.ASSAY_PROOF_CASES ?? 1500);
const SEED = Number(process.env.ASSAY_SEED ?? 1);

function twin({ claim, position, node, kind, proof }: ProofCase): Outcome {
  try {
    return { name: verifyStep(claim, position, node, kind, proof), args: [] };
  } catch (error) {
    if (error instanceof StepProofError)
      return { name: error.name, args: Object.values(error.args).map(String) };
    throw error;
  }
}

describe(`S-04, I-22: StepVerifier (seed ${SEED})`, function () {
  this.timeout(120_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  it("finds honest steps of every operator correct", async () => {
    const random = new Random(SEED);
    const questions = [
      ...traces.flatMap((trace) => [0, 1].map(() => honestProof(random, trace, trace.shape.slots - 1))),
      ...Array.from({ length: 200 }, () => honestProof(random)),
    ];
    expect(new Set(questions.map(({ op }) => op))).to.include.keys(...opNames);
    for (const question of questions) {
      expect(await harness.verify(question), question.name).to.deep.equal({ name: "correct", args: [] });
    }
  });

  it(`gives the outcome of its twin on ${QUESTIONS} damaged proofs, every outcome among them`, async () => {
    const random = new Random(SEED + 1);
    const seen = new Map<string, number>();
    for (let asked = 0; asked < QUESTIONS; asked++) {
      const question = damagedProof(random, honestProof(random));
      const expected = twin(question);
      expect(await harness.verify(question), `question ${asked}`).to.deep.equal(expected);
      seen.set(expected.name, (seen.get(expected.name) ?? 0) + 1);
    }
    expect([...seen.keys()]).to.include.members([
      "correct",
      "faulty",
      "ElementOutOfRangeError",
      "MalformedDescriptorError",
      "MissingTileError",
      "NothingToProveError",
      "WrongOpeningError",
      "WrongPathLengthError",
      "WrongTileError",
      "WrongTileLengthError",
    ]);
  });
});
