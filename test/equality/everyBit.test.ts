// S-04: no lie about an execution goes undetected, whichever bit it is about, and no honest execution is found faulty.
import { readFileSync } from "node:fs";
import { packInputs } from "@assay/sdk/program";
import { expect } from "chai";
import { compileModel } from "../../node/compiler/index.ts";
import { type LieKind, lieKinds, type Subject, subjectOf } from "../helpers/everyBit.ts";
import { chargeHonest, findLies } from "../helpers/everyBitRun.ts";
import { counter, countTo, generator, promptOf } from "../helpers/iterated.ts";
import { greyOf, stroke } from "../helpers/mnist.ts";
import { network, randomInput } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import { needTestData, testData } from "../helpers/testData.ts";
import { type Harness, startHarness } from "./harness.ts";

const LIES = Number(process.env.ASSAY_EVERY_BIT ?? 120);
const SEED = Number(process.env.ASSAY_SEED ?? 1);

function subjects(): Subject[] {
  const image = network(2, { channels: 3, size: 24, filters: 16, classes: 3 });
  const text = generator(6);
  return [
    subjectOf("network", image, randomInput(image, new Random(1))),
    subjectOf("counter", counter(), countTo(7)),
    subjectOf("generator", text, promptOf(text, [3, 7, 2])),
  ];
}

describe(`S-04: every bit (seed ${SEED})`, function () {
  this.timeout(120_000);
  let harness: Harness;
  const told = new Set<LieKind>();

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  for (const subject of subjects()) {
    it(`${subject.name}: ${LIES} lies are all proven to the judge`, async () => {
      const { failures, kinds } = await findLies(subject, harness, new Random(SEED), LIES);
      expect(failures).to.deep.equal([]);
      for (const kind of kinds.keys()) told.add(kind as LieKind);
    });

    it(`${subject.name}: no charge of ${LIES} against an honest worker is proven`, async () => {
      const { failures } = await chargeHonest(subject, harness, new Random(SEED + 1), LIES);
      expect(failures).to.deep.equal([]);
    });
  }

  for (const file of ["mnist-ms-cxx.onnx", "opt-mnist-wonnx.onnx"]) {
    it(`${file}: ${LIES / 2} lies are all proven, and no charge against an honest worker`, async function () {
      needTestData(this, "models/mnist");
      const random = new Random(SEED);
      const { program } = await compileModel({
        modelBytes: new Uint8Array(readFileSync(testData(`models/mnist/${file}`))),
        calibration: Array.from({ length: 32 }, () => stroke(random)),
        options: { name: "mnist", inputRanges: { Input3: [0, 255] } },
      });
      const pixels = Uint8Array.from(greyOf(readFileSync(testData("models/mnist/5.jpg"))));
      const subject = subjectOf(file, program, packInputs(program, [pixels]));
      const lies = await findLies(subject, harness, random, LIES / 2);
      const charges = await chargeHonest(subject, harness, random, LIES / 2);
      expect([...lies.failures, ...charges.failures]).to.deep.equal([]);
    });
  }

  it("told lies of every kind", () => {
    expect([...told].sort()).to.deep.equal([...lieKinds].sort());
  });
});
