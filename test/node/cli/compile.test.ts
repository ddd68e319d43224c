// assay compile: from a float model and samples to a program folder, and refusals by name.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeOnnxModel } from "@assay/sdk/program";
import { expect } from "chai";
import { digitsInput, digitsModel, digitsSamples } from "../../../examples/digits/digits.ts";
import { readProgramFolder } from "../../../node/cli/programFolder.ts";
import { assay, temporaryHome } from "../../helpers/commandLine.ts";

describe("assay compile", () => {
  const home = temporaryHome();
  after(() => home.remove());
  const folder = home.path;
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const samples = digitsSamples().slice(0, 40);
  const floats = Float32Array.from(samples.flatMap((sample) => Array.from(digitsInput(sample))));
  let model = "";
  let calibration: string[] = [];
  before(() => {
    model = file("digits.onnx", digitsModel());
    calibration = ["--calibration", file("samples.bin", new Uint8Array(floats.buffer))];
  });

  it("writes program, manifest and report", async () => {
    const expected = file("expected.json", JSON.stringify(samples.map(({ label }) => label)));
    const options = ["--labels", "0,1,2,3,4,5,6,7,8,9", "--input-range", "image=0,1", "--licence", "MIT"];
    const argv = ["compile", model, ...calibration, ...options, "--expected", expected, "--out", "compiled"];
    const { code, json, stderr } = await assay([...argv, "--json"], { folder });
    expect(code, stderr).to.equal(0);
    expect(stderr, "nothing but JSON for scripts").to.equal("");
    const { programId, manifest } = readProgramFolder(join(folder, "compiled"));
    expect(json).to.include({ programId, folder: join(folder, "compiled") });
    expect(manifest).to.include({ name: "digits", licence: "MIT", version: "1" });
    expect(manifest.labels).to.have.length(10);
    const report = JSON.parse(readFileSync(join(folder, "compiled", "report.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(report.comparison).to.include({ samples: 40 });
    expect((report.comparison as { integerCorrect: number }).integerCorrect).to.be.greaterThan(37);

    const again = await assay(argv, { folder });
    expect(again.code).to.equal(1);
    expect(again.stderr).to.include("not empty").and.include("--force");
  });

  it("prints a table for people, with what to do next", async () => {
    const { code, stdout, stderr } = await assay(["compile", model, ...calibration, "--out", "table"], {
      folder,
    });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(
      /conv1 +Conv[\s\S]*same answer as the float model: [\s\S]*Program id 0x[0-9a-f]{64}/,
    );
    expect(stdout).to.include(`Next: assay publish ${join(folder, "table")}`);
    expect(stderr).to.include("compile: ");
  });

  const refused: [string, () => string[], number, RegExp][] = [
    ["no model", () => [join(folder, "absent.onnx"), ...calibration], 1, /The file cannot be read/],
    ["no ONNX", () => [file("text.onnx", "hello"), ...calibration], 1, /OnnxFormatError/],
    [
      "a truncated model",
      () => [file("cut.onnx", digitsModel().slice(0, 60_000)), ...calibration],
      1,
      /OnnxFormatError/,
    ],
    ["no calibration", () => [model], 2, /--calibration is needed/],
    [
      "samples of another size",
      () => [model, "--calibration", file("odd.bin", new Uint8Array(40))],
      1,
      /whole samples[\s\S]*valuesOfSample +64/,
    ],
    [
      "labels that are not the classes",
      () => [model, ...calibration, "--labels", "a,b"],
      1,
      /number of labels[\s\S]*labels +2[\s\S]*classes +10/,
    ],
    [
      "a range of no input",
      () => [model, ...calibration, "--input-range", "picture=0,1"],
      1,
      /An input range names no input[\s\S]*image/,
    ],
    [
      "a malformed range",
      () => [model, ...calibration, "--input-range", "image=1,0"],
      2,
      /INPUT=LOW,HIGH with LOW below/,
    ],
    [
      "an operator without provable form",
      () => [file("lstm.onnx", unsupported()), ...calibration],
      1,
      /Lstm|LSTM/,
    ],
  ];
  for (const [what, argv, exit, message] of refused) {
    it(`refuses ${what}, and writes nothing`, async () => {
      const { code, stderr } = await assay(["compile", ...argv(), "--out", "refused"], { folder });
      expect(stderr).to.match(message);
      expect(code).to.equal(exit);
      expect(existsSync(join(folder, "refused"))).to.equal(false);
    });
  }
});

/** A model with one node that the compiler does not know. */
function unsupported(): Uint8Array {
  const dims = [1n, 1n, 8n, 8n].map((dimValue) => ({ dimValue }));
  const type = { tensorType: { elemType: 1, shape: { dim: dims } } };
  return writeOnnxModel({
    irVersion: 8n,
    opsetImport: [{ domain: "", version: 17n }],
    graph: {
      name: "g",
      node: [{ opType: "LSTM", name: "Lstm", input: ["image"], output: ["y"], attribute: [] }],
      input: [{ name: "image", type }],
      output: [{ name: "y", type }],
      initializer: [],
    },
  } as never);
}
