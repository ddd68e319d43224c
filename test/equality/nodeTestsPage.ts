// docs/nodeTests.md: which of ONNX's node tests are programs, and why the others are not.
import type { NodeTest, OutsideTest } from "./nodeTests.ts";

const bare = (name: string): string => name.replace(/^test_/, "");

/** The steps of a program, each run of equal ones as one. */
function stepsOf({ program }: NodeTest): string {
  const counts: [string, number][] = [];
  for (const { op } of program.steps) {
    const last = counts.at(-1);
    if (last?.[0] === op) last[1]++;
    else counts.push([op, 1]);
  }
  return counts.map(([op, count]) => (count > 1 ? `${op} × ${count}` : op)).join(", ");
}

function reasonsOf(outside: readonly OutsideTest[]): [string, string[]][] {
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of outside) byReason.set(reason, [...(byReason.get(reason) ?? []), bare(name)]);
  return [...byReason].sort(([, a], [, b]) => b.length - a.length);
}

/** The page as it must stand. */
export function nodeTestsPage(tests: readonly (NodeTest | OutsideTest)[]): string {
  const inside = tests.filter((test) => "program" in test);
  const outside = tests.filter((test) => "reason" in test);
  return `# ONNX's node tests

ONNX publishes tests of its operators, each a small model with inputs and what it must give. Of the ${tests.length} that are tried
here, ${inside.length} become programs: the reference execution, the judge on the chain and onnxruntime give every bit that the test
demands. Floats that a model only moves are moved as the integers that have their bits. \`test/equality/nodeTests.test.ts\`
holds both lists true; \`ASSAY_WRITE_PAGES=1\` writes them anew.

## Inside

| Test | Steps |
|---|---|
${inside.map((test) => `| ${bare(test.name)} | ${stepsOf(test)} |`).join("\n")}

## Outside

| Reason | Tests |
|---|---|
${reasonsOf(outside)
  .map(([reason, names]) => `| ${reason} | ${names.join(", ")} |`)
  .join("\n")}
`;
}
