// What damaged ONNX files do: 10,000 of them, each refused by a typed error or accepted as a program that is the same in every
// execution; each with a time limit, in processes of their own.
import type { HostileKind } from "../test/helpers/hostileKinds.ts";
import { type HostileFailure, type HostileOutcome, readHostile } from "../test/helpers/hostileProcess.ts";
import { atLeast, atMost, progress, type Row, report } from "./lib/report.ts";

const FILES: Readonly<Record<HostileKind, number>> = {
  program: 4000,
  model: 4000,
  float: 1000,
  quantized: 1000,
};
const PART = 500;
const MAX_MEGABYTES = 2048;
const MAX_SECONDS = 20;

const all: HostileOutcome[] = [];
const failed: HostileFailure[] = [];
const rows: Row[] = [];
for (const [kind, files] of Object.entries(FILES) as [HostileKind, number][]) {
  const outcomes: HostileOutcome[] = [];
  for (let first = 1; first <= files; first += PART) {
    const part = await readHostile(kind, first, Math.min(files, first + PART - 1));
    outcomes.push(...part.outcomes);
    failed.push(...part.failures);
    for (const { seed, failure } of part.failures) progress(`${kind} ${seed}: ${failure}`);
    progress(`${kind}: ${outcomes.length} of ${files}`);
  }
  const counts = new Map<string, number>();
  for (const { refused, accepted } of outcomes) {
    const outcome = refused ?? `accepted, ${accepted}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  for (const [outcome, count] of [...counts].sort(([, a], [, b]) => b - a))
    rows.push({ kind, outcome, files: count });
  all.push(...outcomes);
}
report(
  "hostile",
  [
    atLeast("files", all.length + failed.length, 10_000, "files"),
    atMost("crashes_hangs_untyped_errors_or_differences", failed.length, 0, "files"),
    atMost("slowest_file", Math.max(...all.map(({ milliseconds }) => milliseconds)) / 1000, MAX_SECONDS, "s"),
    atMost("memory", Math.max(...all.map(({ megabytes }) => megabytes)), MAX_MEGABYTES, "MB"),
  ],
  rows,
);
