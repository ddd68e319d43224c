// Compiles the digits model into node/devnet/digits, the program that `assay devnet` serves: npx tsx scripts/compileDigits.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { emitOnnx, encodeManifest } from "@assay/sdk/program";
import { digitsInput, digitsModel, digitsSamples } from "../examples/digits/digits.ts";
import { compileModel, formatReport } from "../node/compiler/index.ts";

// Calibrated on the images that the model was trained on: the others can tell how good the program is.
const calibration = digitsSamples().filter(({ heldOut }) => !heldOut);
const { program, manifest, report } = await compileModel({
  modelBytes: digitsModel(),
  calibration: calibration.map(digitsInput),
  expected: calibration.map(({ label }) => label),
  options: { name: "digits", licence: "MIT", labels: [..."0123456789"], inputRanges: { image: [0, 1] } },
});
const fileOf = (name: string) => fileURLToPath(new URL(`../node/devnet/digits/${name}`, import.meta.url));
writeFileSync(fileOf("program.onnx"), emitOnnx(program));
writeFileSync(fileOf("manifest.json"), encodeManifest(manifest));
console.log(formatReport(report));
