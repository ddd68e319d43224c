// Runs compiled Solidity tests in this process, on code that nobody has written to disk.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Compiled, Suite } from "./compileMutants.ts";

/** A test that failed. */
export interface Failure {
  test: string;
  /** What its assertion or its expectation says. */
  reason: string;
}

/** Random histories: how many, of how many calls, from which seed. */
export interface Campaign {
  runs: number;
  depth: number;
  seed: number;
}

/** What one test came to; the counts are of an invariant's histories. */
export interface Outcome {
  name: string;
  status: string;
  reason?: string;
  kind: { runs?: bigint; calls?: bigint; reverts?: bigint };
}

interface SuiteResult {
  testResults: Outcome[];
}
interface Artifact {
  id: { name: string; solcVersion: string; source: string };
  contract: { abi: string; bytecode: string; deployedBytecode: string };
}
interface Engine {
  runSolidityTests(
    chainType: string,
    artifacts: readonly Artifact[],
    suites: readonly Artifact["id"][],
    config: object,
    tracing: object,
    onSuite: (result: SuiteResult) => void,
  ): Promise<unknown>;
}

// Hardhat's own engine: a process has one.
const hardhat = createRequire(import.meta.url).resolve("hardhat/package.json");
const edr = createRequire(hardhat)("@nomicfoundation/edr");
const COLLECT_ON_FAILURE = 1;

async function loadEngine(): Promise<Engine> {
  const shared = pathToFileURL(join(dirname(hardhat), "dist/src/internal/edr/context.js"));
  return (await import(shared.href)).getGlobalEdrContext();
}

const word = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;

/**
 * Runs tests of one contract.
 *
 * @param name What the contract is called, for messages.
 * @param pattern Which tests to run: a regular expression on their signatures.
 * @param campaign How invariants are attacked.
 */
export async function runTests(
  { beside, ...code }: Suite,
  name: string,
  pattern: string,
  campaign: Campaign = { runs: 16, depth: 64, seed: 1 },
): Promise<Outcome[]> {
  const engine = await loadEngine();
  const source = `${name}.t.sol`;
  const artifactOf = (name: string, { abi, bytecode, deployedBytecode }: Compiled): Artifact => ({
    id: { name, solcVersion: "0.8.37", source },
    contract: { abi: JSON.stringify(abi), bytecode, deployedBytecode },
  });
  const tests = artifactOf(name, code);
  const others = Object.entries(beside).map(([name, other]) => artifactOf(name, other));
  const { runs, depth, seed } = campaign;
  const config = {
    projectRoot: fileURLToPath(new URL("../../", import.meta.url)),
    hardfork: edr.l1HardforkToString(edr.l1HardforkLatest()),
    testPattern: pattern,
    disableBlockGasLimit: true,
    disableTransactionGasCap: true,
    collectStackTraces: COLLECT_ON_FAILURE,
    fuzz: { runs: 16, seed: word(seed) },
    invariant: { runs, depth, failOnRevert: false, shrinkRunLimit: 0 },
  };
  const { testResults } = await new Promise<SuiteResult>((resolve, reject) => {
    // The result of the suite comes on its own, before the run's end or after it.
    engine
      .runSolidityTests(edr.L1_CHAIN_TYPE, [tests, ...others], [tests.id], config, {}, resolve)
      .catch(reject);
  });
  if (testResults.length === 0) throw new Error(`${name} has no test like ${pattern}`);
  return testResults;
}

/** Runs tests of one contract and tells which fail; as `runTests`. */
export async function failuresOf(
  code: Suite,
  name: string,
  pattern: string,
  campaign?: Campaign,
): Promise<Failure[]> {
  return (await runTests(code, name, pattern, campaign))
    .filter(({ status }) => status === "Failure")
    .map(({ name: test, reason = "" }) => ({ test, reason }));
}
