// Whether one wrong bit anywhere is proven on chain, and nothing but wrong ones: every program, the real judge.
import type { Program } from "@assay/sdk/program";
import { type Harness, startHarness } from "../test/equality/harness.ts";
import { type Subject, subjectOf } from "../test/helpers/everyBit.ts";
import { chargeHonest, findLies } from "../test/helpers/everyBitRun.ts";
import { generator, promptOf } from "../test/helpers/iterated.ts";
import { Random } from "../test/helpers/random.ts";
import { compiledPrograms } from "./lib/programs.ts";
import { atLeast, atMost, progress, type Row, report } from "./lib/report.ts";

const LIES = Number(process.env.ASSAY_EVERY_BIT ?? 1000);
const SEED = Number(process.env.ASSAY_SEED ?? 1);

async function* subjects(): AsyncGenerator<Subject> {
  const toy: Program = generator(6);
  yield subjectOf("toy generator", toy, promptOf(toy, [3, 7, 2]));
  for await (const { name, program, input } of compiledPrograms()) yield subjectOf(name, program, input);
}

const rows: Row[] = [];
const failures: string[] = [];
let least = Number.POSITIVE_INFINITY;
let missed = 0;
let falseProofs = 0;
const harness: Harness = await startHarness();
try {
  for await (const subject of subjects()) {
    const { name, program, trace } = subject;
    progress(`${name}: ${program.steps.length} steps, ${trace.passes} passes`);
    const lies = await findLies(subject, harness, new Random(SEED), LIES, (done) => {
      if (done % 100 === 0) progress(`${name}: ${done} lies of ${LIES}`);
    });
    const charges = await chargeHonest(subject, harness, new Random(SEED + 1), LIES);
    failures.push(...lies.failures, ...charges.failures);
    missed += lies.failures.length;
    falseProofs += charges.failures.length;
    least = Math.min(least, lies.tried);
    rows.push({
      program: name,
      steps: program.steps.length,
      passes: trace.passes,
      ...Object.fromEntries([...lies.kinds].map(([kind, count]) => [`about_${kind}`, count])),
      missed: lies.failures.length,
      charges: charges.tried,
      false_proofs: charges.failures.length,
    });
  }
} finally {
  await harness.stop();
}
for (const failure of failures) progress(failure);
report(
  "everybit",
  [
    atMost("missed", missed, 0, "lies"),
    atMost("false_proofs", falseProofs, 0, "proofs"),
    atLeast("lies_per_program", least, 1000, "lies"),
  ],
  rows,
);
