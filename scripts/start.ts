// `npm start`: plays the story of Assay on a network of its own, prints it, and writes its page.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { BaseError, stringifyJson } from "@assay/sdk";
import { type Cleanup, createCleanup } from "./story/cleanup.ts";
import { StoryUsageError } from "./story/errors.ts";
import { keepRunning } from "./story/keep.ts";
import { createNarrator } from "./story/narrator.ts";
import { help, parseOptions, type StoryOptions } from "./story/options.ts";
import { storyPage } from "./story/page.ts";
import { play } from "./story/play.ts";
import { createScreen } from "./story/screen.ts";
import { setStage } from "./story/stage.ts";

const exits = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

class Interrupted extends Error {
  override name = "Interrupted";
}

/** A path as it would be typed here. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : near;
}

/** Tells the story; returns what may be kept running. */
async function tell({ flip, json, page }: StoryOptions, cleanup: Cleanup) {
  const screen = createScreen(json ? process.stderr : process.stdout);
  let began = 0;
  const elapsed = () => (performance.now() - began) / 1_000;
  const narrator = createNarrator(screen, elapsed);
  narrator.line(screen.paint("bold", "Assay: the story of one bit"));
  narrator.line();
  narrator.line("Setting up");
  const stage = await setStage({ flip, narrator, cleanup });
  began = performance.now();
  const { record, workers } = await play(stage, narrator, elapsed);
  writeFileSync(page, storyPage(record));
  narrator.line();
  narrator.line(`Told in ${record.seconds.toFixed(1)} seconds. The whole of it as a page: ${shown(page)}`);
  if (json) process.stdout.write(`${stringifyJson(record)}\n`);
  return { stage, workers, narrator };
}

function explain(error: unknown): void {
  const { name, shortMessage, facts } =
    error instanceof BaseError
      ? error
      : {
          name: "Error",
          shortMessage: error instanceof Error ? (error.stack ?? error.message) : String(error),
          facts: {},
        };
  const lines = Object.entries(facts).map(
    ([fact, value]) => `  ${fact}: ${typeof value === "string" ? value : stringifyJson(value)}`,
  );
  process.stderr.write(`\n${[`${name}: ${shortMessage}`, ...lines].join("\n")}\n`);
}

async function main(): Promise<number> {
  const cleanup = createCleanup();
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupt.abort(new Interrupted()));
  const interrupted = new Promise<never>((_, reject) => {
    interrupt.signal.addEventListener("abort", () => reject(interrupt.signal.reason));
  });
  try {
    const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
    if (options.help) {
      process.stdout.write(help);
      return exits.ok;
    }
    const told = await Promise.race([tell(options, cleanup), interrupted]);
    if (options.keep) await keepRunning(told, interrupt.signal);
    return exits.ok;
  } catch (error) {
    if (error instanceof Interrupted) return exits.interrupted;
    explain(error);
    return error instanceof StoryUsageError ? exits.usage : exits.failed;
  } finally {
    await cleanup.run();
  }
}

const code = await main();
// Hardhat's threads would hold the process; what was printed has to be out first.
process.stdout.write("", () => process.exit(code));
