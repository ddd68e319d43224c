// Writes the generated parts of docs: docs/operators.md, the reference parts of docs/operate.md, the tables of
// docs/parameters.md, and an example in docs/protocol.md. `--check` changes nothing and fails when a committed page differs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withReference } from "../node/cli/reference.ts";
import { commands } from "../node/commands/index.ts";
import { operatorsPage } from "./operatorsPage.ts";
import { withExample, withParameters } from "./parametersPage.ts";

const pages: Record<string, (present: string) => string> = {
  "docs/operate.md": (present) => withReference(present, commands),
  "docs/operators.md": operatorsPage,
  "docs/parameters.md": withParameters,
  "docs/protocol.md": withExample,
};

for (const [name, write] of Object.entries(pages)) {
  const page = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const present = existsSync(page) ? readFileSync(page, "utf8") : "";
  const fresh = write(present);
  if (process.argv.includes("--check")) {
    if (fresh === present) continue;
    console.error(`${name} is stale: npx tsx scripts/generateDocs.ts, and commit it`);
    process.exitCode = 1;
  } else {
    if (fresh !== present) writeFileSync(page, fresh);
    console.log(fresh === present ? `${name} has not changed` : `wrote ${name}`);
  }
}
