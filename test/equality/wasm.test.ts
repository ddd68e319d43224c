// Another kernel set: what the SDK computes is what onnxruntime's WebAssembly build computes, as its native build does.
import { emitOnnx, type OpName } from "@assay/sdk/program";
import { expect } from "chai";
import { perceptron } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import { opNames } from "../helpers/steps.ts";
import { areTwoBuilds, openInWasm, WasmTensor } from "../helpers/webAssembly.ts";
import { worstCases } from "./cases/index.ts";
import { evaluated, inOnnxruntime, type Runtime } from "./executions.ts";
import { opVectors } from "./opVectors.ts";
import { randomDot, randomStepCase, type StepCase } from "./stepCase.ts";

const RANDOM_CASES = Number(process.env.ASSAY_EQUALITY_CASES ?? 100);
const SEED = Number(process.env.ASSAY_SEED ?? 1);

/** Steps that are no node of an ONNX model: the program's own frame. */
const frame: readonly OpName[] = ["Carry", "Collect", "Stop"];

const wasm: Runtime = { Tensor: WasmTensor, open: openInWasm };

describe(`onnxruntime's WebAssembly build (seed ${SEED})`, function () {
  this.timeout(120_000);

  async function expectEqual(all: readonly StepCase[]): Promise<void> {
    const cases = all.filter(({ onnx }) => onnx);
    const results = await inOnnxruntime(cases, wasm);
    expect(cases.length, "cases in which every runtime is exact").to.be.greaterThan(all.length / 4);
    for (const [index, stepCase] of cases.entries())
      expect(results[index], `${stepCase.name}, case ${index} of seed ${SEED}`).to.deep.equal(
        evaluated(stepCase),
      );
  }

  it("is another build than the native one", async () => {
    expect(await areTwoBuilds(emitOnnx(perceptron(1)))).to.equal(true);
  });

  it("gives the committed vectors", async () => {
    const vectors = opVectors().filter(({ stepCase }) => stepCase.onnx);
    const results = await inOnnxruntime(
      vectors.map(({ stepCase }) => stepCase),
      wasm,
    );
    for (const [index, { stepCase, expected }] of vectors.entries())
      expect(results[index], stepCase.name).to.deep.equal(expected);
    expect(vectors.length).to.be.greaterThan(0);
  });

  for (const op of opNames.filter((name) => !frame.includes(name))) {
    it(`${op} in its worst cases and ${RANDOM_CASES} random ones`, async () => {
      const random = new Random(SEED);
      const cases = Array.from({ length: RANDOM_CASES }, () => randomStepCase(op, random));
      await expectEqual([...worstCases[op], ...cases]);
    });
  }

  it(`MatMulInteger on ${RANDOM_CASES} long rows`, () => {
    const random = new Random(SEED);
    return expectEqual(Array.from({ length: RANDOM_CASES }, () => randomDot(random)));
  });
});
