// Published models through the compiler. They lie outside the repository, in the folder that ASSAY_TEST_DATA names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commitProgram } from "@assay/sdk/program";
import { expect } from "chai";
import { type CompileResult, compileModel, UnsupportedModelError } from "../../../node/compiler/index.ts";
import { Random } from "../../helpers/random.ts";
import { needTestData, testData } from "../../helpers/testData.ts";

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(testData(join("models", path))));

/** A wandering stroke on 28×28 grey pixels, 0..255. */
function stroke(random: Random): Float32Array {
  const image = new Float32Array(784);
  let [x, y] = [8 + 12 * random.next(), 4 + 4 * random.next()];
  for (let step = 0; step < 24; step++) {
    x = Math.max(1, Math.min(26, x + 4 * random.next() - 2));
    y = Math.min(26, y + random.next());
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      image[28 * Math.floor(y + dy) + Math.floor(x + dx)] = Math.round(128 + 127 * random.next());
  }
  return image;
}

describe("compiler: published models", function () {
  this.timeout(30_000);

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

  it("refuses Magika by its integer input", async () => {
    const modelBytes = read("magika/model.onnx");
    const error: unknown = await compileModel({
      modelBytes,
      calibration: [],
      options: { name: "magika" },
    }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UnsupportedModelError);
    expect((error as Error).message).to.include('"bytes" is int32');
  });
});
