// The Solidity invariants under long random histories: everybody at once, and all named adversaries among honest parties. They are
// played in shares, each from its own seed in its own process, so that none needs much memory.
// Arguments: --runs N --depth N --shares N --from SEED --only SUITE.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Played, playHistories } from "./lib/histories.ts";
import { atLeast, atMost, progress, type Row, report } from "./lib/report.ts";

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const runs = option("runs", 512);
const depth = option("depth", 512);
const shares = option("shares", 8);
const first = option("from", 1);
const only = process.argv.indexOf("--only");
const suites = only < 0 ? ["Conservation", "Adversaries"] : [process.argv[only + 1] ?? ""];

const manifest = createRequire(import.meta.url).resolve("hardhat/package.json");
const hardhat = join(dirname(manifest), "dist/src/cli.js");
progress("compiling the tests");
const { status } = spawnSync(process.execPath, [...process.execArgv, hardhat, "build"], { stdio: "ignore" });
if (status !== 0) throw new Error(`The tests do not compile: status ${status}`);

const rows: Row[] = [];
const least: number[] = [];
let [broken, memoryMb] = [0, 0];
for (const suite of suites) {
  const startedAt = Date.now();
  const played: Played[] = [];
  for (let share = 0; share < shares; share++) {
    const part = await playHistories(suite, Math.ceil(runs / shares), depth, first + share);
    for (const what of part.broken) progress(`${suite}, seed ${first + share}: ${what}`);
    progress(`${suite}, share ${share + 1} of ${shares}: ${part.runs} histories, ${part.calls} calls`);
    played.push(part);
  }
  const sum = (of: "runs" | "calls" | "reverts" | "cpuSeconds"): number =>
    played.reduce((total, part) => total + part[of], 0);
  const failed = played.reduce((total, part) => total + part.broken.length, 0);
  const most = Math.max(...played.map((part) => part.memoryMb));
  rows.push({
    suite,
    histories: sum("runs"),
    calls: sum("calls"),
    reverts: sum("reverts"),
    broken: failed,
    memory_mb: Math.round(most),
    cpu_minutes: Math.round(sum("cpuSeconds") / 6) / 10,
    minutes: Math.round((Date.now() - startedAt) / 6000) / 10,
  });
  least.push(sum("runs"));
  broken += failed;
  memoryMb = Math.max(memoryMb, most);
}
report(
  "invariants",
  [
    atLeast("histories of each", Math.min(...least), 512, "histories"),
    atLeast("calls of each history", depth, 512, "calls"),
    atMost("broken", broken, 0, "invariants"),
    atMost("memory", memoryMb, 3_000, "MB"),
  ],
  rows,
);
