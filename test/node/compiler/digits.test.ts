// The digits example through the compiler: every sample is judged by the fold model that did not see it.
import { readFileSync } from "node:fs";
import {
  collectOutput,
  commitProgram,
  emitOnnx,
  encodeManifest,
  execute,
  packInputs,
  readFastForm,
  unpackOutputs,
} from "@assay/sdk/program";
import { expect } from "chai";
import {
  type CompileResult,
  compileModel,
  encodeSample,
  evaluateModel,
  formatReport,
  formatSteps,
} from "../../../node/compiler/index.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";

const folder = new URL("../../../examples/digits/", import.meta.url);
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, folder)));

const SAMPLES = 1797;
const FOLDS = 5;
const bytes = read("data/digits.bin");
const images = Array.from({ length: SAMPLES }, (_, index) =>
  Float32Array.from(bytes.subarray(64 * index, 64 * index + 64), (pixel) => pixel / 16),
);
const classes = [...bytes.subarray(64 * SAMPLES)];
const { fold } = JSON.parse(readFileSync(new URL("data/splits.json", folder), "utf8")) as { fold: number[] };

const modelOf = (k: number): Uint8Array => read(`folds/fold${k}.onnx`);
const calibrationOf = (k: number): Float32Array[] =>
  images.filter((_, index) => fold[index] !== k).slice(0, 256);

describe("compiled digits", function () {
  this.timeout(60_000);
  const compiled: CompileResult[] = [];

  before(async () => {
    for (let k = 0; k < FOLDS; k++)
      compiled.push(
        await compileModel({
          modelBytes: modelOf(k),
          calibration: calibrationOf(k),
          options: { name: "digits", labels: [..."0123456789"], inputRanges: { image: [0, 1] } },
        }),
      );
  });

  it("loses at most half a point of accuracy, by cross-validation over all samples", async () => {
    let float = 0;
    let integer = 0;
    let agree = 0;
    for (const [k, result] of compiled.entries()) {
      const tested = images.map((_, index) => index).filter((index) => fold[index] === k);
      const comparison = await evaluateModel({
        ...result,
        modelBytes: modelOf(k),
        samples: tested.map((index) => images[index]!),
        expected: tested.map((index) => classes[index]!),
      });
      float += comparison.floatCorrect!;
      integer += comparison.integerCorrect!;
      agree += comparison.agree;
    }
    const percent = (count: number): string => `${((100 * count) / SAMPLES).toFixed(2)} %`;
    console.log(
      `      n = ${SAMPLES}: float ${float} right (${percent(float)}), integer ${integer} right (${percent(integer)}), ` +
        `${agree} same`,
    );
    expect(float).to.equal(1783); // what examples/digits/README.md reports
    expect((float - integer) / SAMPLES).to.be.at.most(0.005);
    expect(agree / SAMPLES).to.be.at.least(0.99);
  });

  it("gives programs whose fast form is accepted and means the same everywhere", async () => {
    const { program, manifest } = compiled[0]!;
    expect(readFastForm(emitOnnx(program))).to.deep.equal(program);
    const session = await ProgramSession.open(program, { form: "trace" });
    for (const image of images.slice(0, 40)) {
      const inputs = encodeSample({ program, manifest }, image);
      const slots = execute(
        program,
        packInputs(
          program,
          inputs.map(({ data }) => data),
        ),
      );
      expect(await session.run(inputs)).to.deep.equal(slots);
      const [logits, label] = unpackOutputs(program, collectOutput(program, slots));
      const largest = Math.max(...(logits!.data as Int32Array));
      expect((logits!.data as Int32Array)[Number(label!.data[0])]).to.equal(largest);
    }
    await session.close();
  });

  it("hits the sixteen grey levels exactly, and names the codecs in the manifest", () => {
    const { manifest } = compiled[0]!;
    expect(manifest.inputs).to.have.length(1);
    expect(manifest.inputs[0]).to.deep.include({ name: "image", dtype: "u8", shape: [1, 1, 8, 8] });
    expect(manifest.inputs[0]!.codec).to.deep.equal({ kind: "linear", scale: 1 / 240, zeroPoint: 0 });
    expect(manifest.outputs.map(({ name, dtype, shape }) => [name, dtype, shape])).to.deep.equal([
      ["logits", "i32", [1, 10]],
      ["label", "i64", [1]],
    ]);
    expect(manifest.labels).to.have.length(10);
  });

  it("gives the same bytes every time, and other weights another program", async () => {
    const stages = new Map<string, number>();
    const expected = classes.filter((_, index) => fold[index] !== 0).slice(0, 256);
    const again = await compileModel({
      modelBytes: modelOf(0),
      calibration: calibrationOf(0),
      expected,
      onProgress: ({ stage, done, total }) => stages.set(stage, done / total),
      options: { name: "digits", labels: [..."0123456789"], inputRanges: { image: [0, 1] } },
    });
    expect(emitOnnx(again.program)).to.deep.equal(emitOnnx(compiled[0]!.program));
    expect(encodeManifest(again.manifest)).to.deep.equal(encodeManifest(compiled[0]!.manifest));
    expect(Object.fromEntries(stages)).to.deep.equal({
      read: 1,
      calibrate: 1,
      quantize: 1,
      check: 1,
      compare: 1,
    });
    expect(again.report.comparison!.floatCorrect).to.equal(256);
    expect(formatReport(again.report)).to.match(/right answers: float 256 \(100\.00 %\), integer 25\d/);
    const roots = compiled.map(({ program }) => commitProgram(program).programRoot);
    expect(new Set(roots).size).to.equal(FOLDS);
  });

  it("reports every layer close to the float model", () => {
    for (const { report } of compiled) {
      for (const { node, sqnr } of report.layers) expect(sqnr, node).to.be.greaterThan(25);
      expect(report.steps).to.have.length(34);
      expect(report.steps[4]).to.deep.include({ op: "Cast", dtype: "u8", min: "0", max: "255" });
      expect(formatSteps(report)).to.match(/\n33 +ArgMax +i64 +1 +0 +9$/);
      expect(formatReport(report)).to.match(
        /conv1 .* Conv .*\n[\s\S]*same answer as the float model: 25\d of 256/,
      );
      expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
    }
  });
});
