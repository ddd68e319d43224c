// S-05: the SDK and the judge refuse the same descriptors, by the same rule.

import { descriptorFault, descriptorRules, operandFault } from "@assay/sdk/program";
import { bytesToHex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { Random } from "../helpers/random.ts";
import { type Question, randomQuestion } from "./descriptorQuestions.ts";
import { type Harness, startHarness } from "./harness.ts";

const QUESTIONS = Number(process.env.ASSAY_DESCRIPTOR_CASES ?? 12_000);
const SEED = Number(process.env.ASSAY_SEED ?? 1);
const BATCH = 500;
const OPERAND_RULE = 29;

const isEmpty = ({ descriptor }: Question) => descriptor.length === 0;

describe(`S-05 descriptor rules (seed ${SEED})`, () => {
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  it(`checkDescriptor is descriptorFault on ${QUESTIONS} descriptors, every rule among them`, async function () {
    this.timeout(120_000);
    const random = new Random(SEED);
    const broken = new Map<number, number>();
    for (let asked = 0; asked < QUESTIONS; asked += BATCH) {
      const questions = Array.from({ length: BATCH }, () => randomQuestion(random));
      const codes = await harness.faults(
        questions.map(({ header, index, descriptor }) => ({
          header,
          index,
          descriptor: bytesToHex(descriptor),
        })),
      );
      for (const [number, { header, index, descriptor }] of questions.entries()) {
        const expected = descriptorFault(header, index, descriptor);
        const about = `${bytesToHex(descriptor)} at ${index} of ${JSON.stringify(header)}`;
        expect(codes[number], about).to.equal(expected);
        broken.set(expected, (broken.get(expected) ?? 0) + 1);
      }
    }
    const rules = Object.keys(descriptorRules).map(Number);
    const never = rules.filter((rule) => rule !== OPERAND_RULE && !broken.has(rule));
    expect(never, "rules that no question broke").to.deep.equal([]);
    expect(broken.get(0), "well-formed descriptors").to.be.greaterThan(QUESTIONS / 20);
  });

  it("checkOperand is operandFault on pairs of descriptors", async () => {
    const random = new Random(SEED);
    const pairs = Array.from({ length: 1500 }, () => {
      const consumer = randomQuestion(random);
      const producer = random.next() < 0.5 ? randomQuestion(random) : { ...consumer, index: 0 };
      return { ...consumer, operand: random.integer(0, 2), producer: producer.descriptor };
    }).filter((question) => !isEmpty(question));
    const codes = await harness.operandFaults(
      pairs.map(({ header, index, descriptor, operand, producer }) => ({
        header,
        index,
        consumer: bytesToHex(descriptor),
        operand,
        producer: bytesToHex(producer),
      })),
    );
    const seen = new Set<number>();
    for (const [number, { header, index, descriptor, operand, producer }] of pairs.entries()) {
      const expected = operandFault(header, index, descriptor, operand, producer);
      expect(codes[number], `${bytesToHex(descriptor)} reads ${bytesToHex(producer)}`).to.equal(expected);
      seen.add(expected);
    }
    expect([0, OPERAND_RULE].filter((code) => !seen.has(code))).to.deep.equal([]);
  });
});
