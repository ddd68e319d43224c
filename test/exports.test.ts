// The names that each published entry exports, held against test/exports.json: what users can import changes only on
// purpose. `UPDATE=1 npm test -- exports.test.ts` accepts the present ones.
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";

const packages = ["sdk", "node"];
const record = new URL("exports.json", import.meta.url);

async function exportedNames(): Promise<Record<string, string[]>> {
  const names: Record<string, string[]> = {};
  for (const folder of packages) {
    const text = readFileSync(new URL(`../${folder}/package.json`, import.meta.url), "utf8");
    const { name, exports } = JSON.parse(text) as { name: string; exports: Record<string, string | object> };
    for (const [entry, target] of Object.entries(exports)) {
      if (typeof target === "string") continue; // package.json
      const specifier = name + entry.slice(1);
      names[specifier] = Object.keys((await import(specifier)) as object).sort();
    }
  }
  return names;
}

describe("exports", () => {
  it("are the recorded ones", async () => {
    const actual = await exportedNames();
    if (process.env.UPDATE === "1") writeFileSync(record, `${JSON.stringify(actual, null, 2)}\n`);
    const expected = JSON.parse(readFileSync(record, "utf8")) as Record<string, string[]>;
    const entries = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    const changes = [...entries].flatMap((entry) => {
      const now = actual[entry] ?? [];
      const before = expected[entry] ?? [];
      return [
        ...now.filter((name) => !before.includes(name)).map((name) => `+ ${entry} ${name}`),
        ...before.filter((name) => !now.includes(name)).map((name) => `- ${entry} ${name}`),
      ];
    });
    const help =
      "exports changed; if that is meant: UPDATE=1 npm test -- exports.test.ts, and commit test/exports.json";
    expect(changes, `${help}\n${changes.join("\n")}`).to.deep.equal([]);
  });
});
