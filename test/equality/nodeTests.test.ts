// ONNX's own node tests as programs, bit for bit in TypeScript, on the chain and in onnxruntime. They lie outside the
// repository, in the folder that ASSAY_TEST_DATA names.
import { readFileSync, writeFileSync } from "node:fs";
import { bytesOf, operators, type TensorData } from "@assay/sdk/program";
import { bytesToHex } from "@assay/sdk/protocol";
import { expect } from "chai";
import { needTestData, testData } from "../helpers/testData.ts";
import { byElements, evaluated } from "./executions.ts";
import { type Harness, startHarness } from "./harness.ts";
import { type NodeTest, nodeTestNames, type OutsideTest, readNodeTest } from "./nodeTests.ts";
import { nodeTestsPage } from "./nodeTestsPage.ts";
import { outputsInOnnxruntime, slotsOf, stepCases } from "./nodeTestsRuns.ts";

const folder = "onnx-node-tests/node";
const page = new URL("../../docs/nodeTests.md", import.meta.url);
/** Cases that one call asks the judge about. */
const BATCH = 20;
/** On the chain, of one step. */
const MOST_ELEMENTS = 64;

const isInside = (test: NodeTest | OutsideTest): test is NodeTest => "program" in test;

const bits = (data: TensorData): string => bytesToHex(bytesOf(data));

describe("ONNX node tests", function () {
  this.timeout(120_000);
  const tests: (NodeTest | OutsideTest)[] = [];
  let harness: Harness;

  before(async function () {
    needTestData(this, folder);
    for (const name of nodeTestNames(testData(folder)))
      tests.push(await readNodeTest(testData(folder), name));
    harness = await startHarness();
  });
  after(() => harness?.stop());

  it("are inside, or on the page with a reason", () => {
    const written = nodeTestsPage(tests);
    if (process.env.ASSAY_WRITE_PAGES) writeFileSync(page, written);
    expect(readFileSync(page, "utf8")).to.equal(written);
  });

  it("are well-formed steps", () => {
    for (const { name, program } of tests.filter(isInside))
      for (const step of program.steps)
        expect(operators[step.op].shapeFault(step), `${name}: ${step.op}`).to.equal(0);
  });

  it("give what they must in the reference execution", () => {
    for (const test of tests.filter(isInside)) {
      const slots = slotsOf(test);
      const outputs = test.program.outputs.map((slot) => bits(slots[slot]!.data));
      expect(outputs, test.name).to.deep.equal(test.expected.map(bits));
    }
  });

  it("give what they must in onnxruntime", async () => {
    for (const test of tests.filter(isInside)) {
      const outputs = await outputsInOnnxruntime(test);
      expect(outputs.map(bits), test.name).to.deep.equal(test.expected.map(bits));
    }
  });

  it("give what they must element by element, also on the chain", async () => {
    const cases = tests.filter(isInside).flatMap(stepCases);
    for (let start = 0; start < cases.length; start += BATCH) {
      const batch = cases.slice(start, start + BATCH);
      const onChain = await harness.elements(batch, MOST_ELEMENTS);
      for (const [index, stepCase] of batch.entries()) {
        const expected = evaluated(stepCase);
        expect(byElements(stepCase), stepCase.name).to.deep.equal(expected);
        for (const [element, value] of onChain[index]!)
          expect(value, `${stepCase.name}, element ${element}`).to.equal(expected[element]);
      }
    }
  });
});
