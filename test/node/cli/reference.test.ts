// docs/operate.md says of commands and settings what they say themselves, and its links and commands exist.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { withReference } from "../../../node/cli/reference.ts";
import { commands } from "../../../node/commands/index.ts";

const page = readFileSync(new URL("../../../docs/operate.md", import.meta.url), "utf8");

describe("docs/operate.md", () => {
  it("is fresh (scripts/generateDocs.ts writes it)", () => {
    expect(withReference(page, commands) === page, "stale: npx tsx scripts/generateDocs.ts").to.equal(true);
  });

  it("shows commands that exist, with flags that they take", () => {
    const shown = [...page.matchAll(/^(?:# |)\s*assay ([^#\n]+)/gm)].map(([, line]) => line!.trim());
    expect(shown.length).to.be.greaterThan(10);
    for (const line of shown) {
      if (line.startsWith("--")) continue;
      const command = commands.find(({ name }) => line === name || line.startsWith(`${name} `));
      expect(command, line).to.not.equal(undefined);
    }
  });

  it("links to its own headings", () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .trim()
        .replaceAll(" ", "-"),
    );
    for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).to.include(target);
  });
});
