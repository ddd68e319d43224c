// A share of random histories, in a process of its own: it prints what they came to.
// Arguments: a file of test/contracts, how many histories, of how many calls, and the seed.
import { readdirSync, readFileSync } from "node:fs";
import type { Compiled } from "../../test/mutants/compileMutants.ts";
import { runTests } from "../../test/mutants/solidityTests.ts";
import type { Played } from "./histories.ts";

const [suite = "", runs, depth, seed] = process.argv.slice(2);

const folder = new URL(`../../artifacts/test/contracts/${suite}.t.sol/`, import.meta.url);
const read = (file: string): Compiled => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length));
const beside = Object.fromEntries(names.map((name) => [name, read(`${name}.json`)]));
const { [`${suite}Test`]: tests, ...others } = beside;
if (!tests) throw new Error(`${suite}.t.sol has no contract ${suite}Test`);

const campaign = { runs: Number(runs), depth: Number(depth), seed: Number(seed) };
const outcomes = await runTests({ ...tests, beside: others }, suite, "^invariant_", campaign);
const total = (of: "runs" | "calls" | "reverts") =>
  outcomes.reduce((sum, { kind }) => sum + Number(kind[of] ?? 0n), 0);
const { userCPUTime, maxRSS } = process.resourceUsage();
const played: Played = {
  runs: outcomes.every(({ status }) => status === "Success") ? campaign.runs * outcomes.length : 0,
  calls: total("calls"),
  reverts: total("reverts"),
  broken: outcomes
    .filter(({ status }) => status !== "Success")
    .map(({ name, reason }) => `${name}: ${reason ?? "no reason"}`),
  cpuSeconds: userCPUTime / 1e6,
  memoryMb: maxRSS / 1024,
};
console.log(JSON.stringify(played));
