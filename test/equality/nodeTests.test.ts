// ONNX's own node tests, bit for bit in TypeScript, on the chain and in onnxruntime. They lie outside the repository, in the
// folder that ASSAY_TEST_DATA names.
import { expect } from "chai";
import { needTestData, testData } from "../helpers/testData.ts";
import { byElements, evaluated, inOnnxruntime } from "./executions.ts";
import { type Harness, startHarness } from "./harness.ts";
import { nodeTests } from "./nodeTests.ts";

const folder = "onnx-node-tests/node";
const tests = nodeTests(testData(folder));

describe("ONNX node tests", () => {
  let harness: Harness;

  before(async function () {
    needTestData(this, folder);
    harness = await startHarness();
  });
  after(() => harness?.stop());

  it("cover every operator that they have integer cases of", () => {
    const ops = new Set(tests.map(({ stepCase }) => stepCase.step.op));
    expect([...ops].sort()).to.deep.equal(["ConvInteger", "Div", "MatMulInteger", "MaxPool"]);
  });

  for (const { name, stepCase, expected } of tests) {
    it(`${name} is the same everywhere`, async () => {
      const elements = Array.from<number | bigint, bigint>(expected.data, BigInt);
      expect(evaluated(stepCase)).to.deep.equal(elements);
      expect(byElements(stepCase)).to.deep.equal(elements);
      const [onChain] = await harness.elements([stepCase]);
      for (const [element, value] of onChain!) expect(value).to.equal(elements[element]);
      if (stepCase.onnx) expect(await inOnnxruntime(stepCase)).to.deep.equal(elements);
    });
  }
});
