// The text classifier of the examples through the compiler; the digits and the language model have tests of their own.
import { expect } from "chai";
import { heldOutVerses, passagesPath } from "../../../examples/passages/passages.ts";
import { compileModel, evaluateModel } from "../../../node/compiler/index.ts";

/** Every eighth verse calibrates, the others measure. */
const isCalibrating = (_: unknown, index: number): boolean => index % 8 === 0;

describe("compiled passages", function () {
  this.timeout(120_000);

  it("lose at most half a point of accuracy on verses that neither training nor calibration saw", async () => {
    const { samples, labels } = heldOutVerses();
    const calibration = samples.filter(isCalibrating).map(({ tokens }) => [tokens]);
    const measured = samples.filter((sample, index) => !isCalibrating(sample, index));
    const modelBytes = { path: passagesPath() };
    const compiled = await compileModel({ modelBytes, calibration, options: { name: "passages", labels } });
    const { floatCorrect, integerCorrect, agree } = await evaluateModel({
      ...compiled,
      modelBytes,
      samples: measured.map(({ tokens }) => [tokens]),
      expected: measured.map(({ label }) => label),
    });
    const total = measured.length;
    console.log(
      `      n = ${total}: float ${floatCorrect} right, integer ${integerCorrect} right, ${agree} same`,
    );
    expect(floatCorrect! / total).to.be.greaterThan(0.7);
    expect((floatCorrect! - integerCorrect!) / total).to.be.at.most(0.005);
    expect(agree / total).to.be.at.least(0.98);
  });
});
