#!/usr/bin/env node
// The `assay` command.
import { requireRuntime } from "./cli/runtime.ts";

// A report about a Node that is too old has to say which version it is about.
if (process.argv.length === 3 && process.argv[2] === "--version") {
  console.log((await import("./version.ts")).version);
  process.exit(0);
}
requireRuntime(process.versions.node);
const { runCommandLine } = await import("./cli/run.ts");
const { commands } = await import("./commands/index.ts");
const { env: environment, stdin, stdout, stderr } = process;
const code = await runCommandLine(process.argv.slice(2), commands, {
  environment,
  folder: process.cwd(),
  stdin,
  stdout,
  stderr,
  signals: process,
});
// Sockets that are kept alive would hold the process; what was printed has to be out first.
process.stdout.write("", () => process.exit(code));
