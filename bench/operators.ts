// Every operator on random and constructed operands: TypeScript, the judge's contracts and onnxruntime, bit for bit.
import type { OpName } from "@assay/sdk/program";
import { worstCases } from "../test/equality/cases/index.ts";
import { compare } from "../test/equality/differences.ts";
import { type Harness, startHarness } from "../test/equality/harness.ts";
import { randomDot, randomStepCase, type StepCase } from "../test/equality/stepCase.ts";
import { Random } from "../test/helpers/random.ts";
import { opNames } from "../test/helpers/steps.ts";
import { atLeast, atMost, progress, type Row, report, round } from "./lib/report.ts";

const CASES = Number(process.env.ASSAY_EQUALITY_CASES ?? 10_000);
const SEED = Number(process.env.ASSAY_SEED ?? 1);
const BATCH = 500;
/** On the chain, of one random case. */
const MOST_ELEMENTS = 8;
/** Steps that are no node of an ONNX model. */
const frame: readonly OpName[] = ["Carry", "Collect", "Stop"];

/** Of the products every fourth one has long rows. */
const draw = (op: OpName, random: Random): StepCase =>
  op === "MatMulInteger" && random.next() < 0.25 ? randomDot(random) : randomStepCase(op, random);

async function measure(op: OpName, harness: Harness): Promise<{ row: Row; differences: readonly string[] }> {
  const from = performance.now();
  const random = new Random(SEED);
  const constructed = await compare(worstCases[op], harness);
  const differences = [...constructed.differences];
  let [drawn, inOnnxruntime] = [0, constructed.inOnnxruntime];
  // onnxruntime is asked only where it is exact: as many cases again
  const isDone = () => drawn >= CASES && (frame.includes(op) || inOnnxruntime >= CASES);
  while (!isDone()) {
    const cases = Array.from({ length: BATCH }, () => draw(op, random));
    const result = await compare(cases, harness, MOST_ELEMENTS);
    drawn += cases.length;
    inOnnxruntime += result.inOnnxruntime;
    differences.push(...result.differences);
  }
  const seconds = round((performance.now() - from) / 1000);
  progress(`${op}: ${drawn} random cases, ${differences.length} differences, ${seconds} s`);
  const row = {
    op,
    random: drawn,
    constructed: worstCases[op].length,
    in_onnxruntime: inOnnxruntime,
    mismatches: differences.length,
    seconds,
  };
  return { row, differences };
}

const rows: Row[] = [];
const all: string[] = [];
const harness = await startHarness();
try {
  for (const op of opNames) {
    const { row, differences } = await measure(op, harness);
    rows.push(row);
    all.push(...differences);
  }
} finally {
  await harness.stop();
}
for (const difference of all.slice(0, 100)) progress(difference);
const least = Math.min(...rows.map(({ random }) => Number(random)));
report(
  "operators",
  [
    atMost("mismatches", all.length, 0, "cases"),
    atLeast("random_cases_per_operator", least, 10_000, "cases"),
  ],
  rows,
);
