// What becoming provable costs a classifier: right answers of the program beside those of the float model.
import { existsSync, readFileSync } from "node:fs";
import { digitsInput, digitsModel, digitsSamples } from "../examples/digits/digits.ts";
import { heldOutVerses, passagesPath } from "../examples/passages/passages.ts";
import { compileModel, encodeSample, evaluateModel } from "../node/compiler/index.ts";
import { ProgramSession } from "../node/execution/programSession.ts";
import { magikaExamples, magikaLabels, magikaModel } from "../test/helpers/magika.ts";
import { greyOf, stroke } from "../test/helpers/mnist.ts";
import { Random } from "../test/helpers/random.ts";
import { testData } from "../test/helpers/testData.ts";
import { CALIBRATION_STRIDE, compilePassages } from "./lib/programs.ts";
import { atLeast, atMost, type Bar, progress, type Row, report } from "./lib/report.ts";

const FOLDS = 5;
const bars: Bar[] = [];
const rows: Row[] = [];

function tell(model: string, samples: number, float: number, provable: number, agree: number): void {
  rows.push({ model, samples, float_right: float, provable_right: provable, same: agree });
  progress(`${model}: ${float} of ${samples} right, ${provable} as a program`);
}

const points = (lost: number, samples: number): number => (100 * lost) / samples;

/** Each fold's model on the samples that it has not seen. */
async function digits(): Promise<void> {
  const samples = digitsSamples();
  const total = { float: 0, provable: 0, agree: 0 };
  for (let fold = 0; fold < FOLDS; fold++) {
    const modelBytes = digitsModel(fold);
    const seen = samples.filter((sample) => sample.fold !== fold);
    const tested = samples.filter((sample) => sample.fold === fold);
    const compiled = await compileModel({
      modelBytes,
      calibration: seen.slice(0, 256).map(digitsInput),
      options: { name: "digits", inputRanges: { image: [0, 1] } },
    });
    const { floatCorrect, integerCorrect, agree } = await evaluateModel({
      ...compiled,
      modelBytes,
      samples: tested.map(digitsInput),
      expected: tested.map(({ label }) => label),
    });
    total.float += floatCorrect!;
    total.provable += integerCorrect!;
    total.agree += agree;
  }
  tell("digits, five folds", samples.length, total.float, total.provable, total.agree);
  bars.push(atMost("digits_loss", points(total.float - total.provable, samples.length), 0.5, "points"));
}

async function passages(): Promise<void> {
  const measured = heldOutVerses().samples.filter((_, index) => index % CALIBRATION_STRIDE !== 0);
  const { floatCorrect, integerCorrect, agree } = await evaluateModel({
    ...(await compilePassages()),
    modelBytes: { path: passagesPath() },
    samples: measured.map(({ tokens }) => [tokens]),
    expected: measured.map(({ label }) => label),
  });
  tell("passages", measured.length, floatCorrect!, integerCorrect!, agree);
  bars.push(
    atMost("classifier_loss", points(floatCorrect! - integerCorrect!, measured.length), 0.5, "points"),
  );
}

/** Two published exports; calibrated on strokes that are no digits. */
async function mnist(): Promise<void> {
  const digits = [0, 3, 5, 7];
  const random = new Random(1);
  const calibration = Array.from({ length: 64 }, () => stroke(random));
  for (const file of ["mnist-ms-cxx.onnx", "opt-mnist-wonnx.onnx"]) {
    const modelBytes = new Uint8Array(readFileSync(testData(`models/mnist/${file}`)));
    const compiled = await compileModel({
      modelBytes,
      calibration,
      options: { name: "mnist", inputRanges: { Input3: [0, 255] } },
    });
    const { floatCorrect, integerCorrect, agree } = await evaluateModel({
      ...compiled,
      modelBytes,
      samples: digits.map((digit) => greyOf(readFileSync(testData(`models/mnist/${digit}.jpg`)))),
      expected: digits,
    });
    tell(file, digits.length, floatCorrect!, integerCorrect!, agree);
    bars.push(atLeast(`digits_named_${file.split("-")[0]}`, integerCorrect!, 4, "pictures"));
  }
}

/** Every other published example calibrates; all those whose published label the float model gives are measured. */
async function magika(): Promise<void> {
  const labels = magikaLabels();
  const examples = magikaExamples();
  const contents = [...new Map(examples.map(({ bytes }) => [bytes.join(), bytes])).values()];
  const { program, manifest } = await compileModel({
    modelBytes: magikaModel(),
    calibration: contents.filter((_, index) => index % 2 === 0),
    options: { name: "magika", precision: "high", labels },
  });
  const session = await ProgramSession.open(program);
  let kept = 0;
  for (const { bytes, label } of examples) {
    const [, number] = await session.run(encodeSample({ program, manifest }, bytes));
    if (labels[Number(number!.data[0])] === label) kept++;
  }
  await session.close();
  tell("magika", examples.length, examples.length, kept, kept);
  bars.push(atLeast("magika_kept", (100 * kept) / examples.length, 99, "%"));
}

await digits();
await passages();
if (existsSync(testData("models"))) {
  await mnist();
  await magika();
} else {
  progress("The published models are not here: set ASSAY_TEST_DATA to the folder that holds them.");
}
report("accuracy", bars, rows);
