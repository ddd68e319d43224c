// Published models through the compiler. They lie outside the repository, in the folder that ASSAY_TEST_DATA names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commitProgram } from "@assay/sdk/program";
import { expect } from "chai";
import {
  type CompileResult,
  compileModel,
  encodeSample,
  evaluateModel,
} from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { type MagikaExample, magikaExamples, magikaLabels, magikaModel } from "../../helpers/magika.ts";
import { greyOf, stroke } from "../../helpers/mnist.ts";
import { Random } from "../../helpers/random.ts";
import { needTestData, testData } from "../../helpers/testData.ts";

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(testData(join("models", path))));

describe("compiler: published models", function () {
  this.timeout(120_000);

  before(function () {
    needTestData(this, "models");
  });

  it("turns two exports of one MNIST network into the same program", async () => {
    const random = new Random(1);
    const calibration = Array.from({ length: 64 }, () => stroke(random));
    const results: CompileResult[] = [];
    for (const file of ["mnist/mnist-ms-cxx.onnx", "mnist/opt-mnist-wonnx.onnx"])
      results.push(
        await compileModel({
          modelBytes: read(file),
          calibration,
          options: { name: "mnist", inputRanges: { Input3: [0, 255] } },
        }),
      );
    const [one, other] = results.map(({ program }) => commitProgram(program).programRoot);
    expect(one).to.equal(other);
    for (const { report } of results) {
      for (const { node, sqnr } of report.layers) expect(sqnr, node).to.be.greaterThan(28);
      expect(report.comparison!.agree).to.be.at.least(58);
    }
  });

  it("names the four published digits, by both exports", async () => {
    const digits = [0, 3, 5, 7];
    const images = digits.map((digit) => greyOf(read(`mnist/${digit}.jpg`)));
    const random = new Random(1);
    const calibration = [...Array.from({ length: 60 }, () => stroke(random)), ...images];
    for (const file of ["mnist/mnist-ms-cxx.onnx", "mnist/opt-mnist-wonnx.onnx"]) {
      const modelBytes = read(file);
      const compiled = await compileModel({
        modelBytes,
        calibration,
        options: { name: "mnist", inputRanges: { Input3: [0, 255] } },
      });
      const { integerCorrect } = await evaluateModel({
        ...compiled,
        modelBytes,
        samples: images,
        expected: digits,
      });
      expect(integerCorrect, file).to.equal(4);
    }
  });

  it("keeps the labels of Magika's published examples", async () => {
    const modelBytes = magikaModel();
    const labels = magikaLabels();
    // the same contents were published under several modes
    const examples = new Map<string, MagikaExample & { count: number }>();
    for (const example of magikaExamples()) {
      const key = example.bytes.join();
      examples.set(key, { ...example, count: (examples.get(key)?.count ?? 0) + 1 });
    }
    const samples = [...examples.values()];
    const { program, manifest } = await compileModel({
      modelBytes,
      calibration: samples.filter((_, index) => index % 2 === 0).map(({ bytes }) => bytes),
      options: { name: "magika", precision: "high", labels },
    });
    const session = await ProgramSession.open(program);
    let kept = 0;
    let published = 0;
    for (const { bytes, label, count } of samples) {
      const [, number] = await session.run(encodeSample({ program, manifest }, bytes));
      published += count;
      if (labels[Number(number!.data[0])] === label) kept += count;
    }
    await session.close();
    console.log(`      ${kept} of ${published} published labels`);
    expect(published).to.equal(129);
    expect(kept / published).to.be.at.least(0.99);
  });
});
