// Runs compiled Solidity tests in this process, on code that nobody has written to disk.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Compiled } from "./compileMutants.ts";

/** A test that failed. */
export interface Failure {
  test: string;
  /** What its assertion or its expectation says. */
  reason: string;
}

interface SuiteResult {
  testResults: { name: string; status: string; reason?: string }[];
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

/**
 * Runs tests of one contract and tells which fail.
 *
 * @param name What the contract is called, for messages.
 * @param pattern Which tests to run: a regular expression on their signatures.
 */
export async function failuresOf(code: Compiled, name: string, pattern: string): Promise<Failure[]> {
  const engine = await loadEngine();
  const id = { name, solcVersion: "0.8.37", source: `${name}.t.sol` };
  const contract = { ...code, abi: JSON.stringify(code.abi) };
  const config = {
    projectRoot: fileURLToPath(new URL("../../", import.meta.url)),
    hardfork: edr.l1HardforkToString(edr.l1HardforkLatest()),
    testPattern: pattern,
    disableBlockGasLimit: true,
    disableTransactionGasCap: true,
    collectStackTraces: COLLECT_ON_FAILURE,
    fuzz: { runs: 16, seed: "0x01" },
  };
  const { testResults } = await new Promise<SuiteResult>((resolve, reject) => {
    // The result of the suite comes on its own, before the run's end or after it.
    engine.runSolidityTests(edr.L1_CHAIN_TYPE, [{ id, contract }], [id], config, {}, resolve).catch(reject);
  });
  if (testResults.length === 0) throw new Error(`${name} has no test like ${pattern}`);
  return testResults
    .filter(({ status }) => status === "Failure")
    .map(({ name: test, reason = "" }) => ({ test, reason }));
}
