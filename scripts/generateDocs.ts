// Writes the reference parts of docs/operate.md from the commands and the option table. `--check` changes nothing and
// fails when the committed page differs.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withReference } from "../node/cli/reference.ts";
import { commands } from "../node/commands/index.ts";

const page = fileURLToPath(new URL("../docs/operate.md", import.meta.url));
const present = readFileSync(page, "utf8");
const fresh = withReference(present, commands);
if (process.argv.includes("--check")) {
  if (fresh !== present)
    console.error("docs/operate.md is stale: npx tsx scripts/generateDocs.ts, and commit it");
  process.exitCode = fresh === present ? 0 : 1;
} else {
  if (fresh !== present) writeFileSync(page, fresh);
  console.log(fresh === present ? "docs/operate.md has not changed" : "wrote docs/operate.md");
}
