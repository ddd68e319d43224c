// Runs compiled Solidity tests in this process, on code that nobody has written to disk.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
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
interface Context {
  registerSolidityTestRunnerFactory(chainType: string, factory: unknown): Promise<void>;
  runSolidityTests(
    chainType: string,
    artifacts: readonly Artifact[],
    suites: readonly Artifact["id"][],
    config: object,
    tracing: object,
    onSuite: (result: SuiteResult) => void,
  ): Promise<unknown>;
}

// Hardhat's own engine, of the version that Hardhat names.
const edr = createRequire(createRequire(import.meta.url).resolve("hardhat/package.json"))(
  "@nomicfoundation/edr",
);
const COLLECT_ON_FAILURE = 1;
let context: Promise<Context> | undefined;

async function createContext(): Promise<Context> {
  const created = new edr.EdrContext() as Context;
  await created.registerSolidityTestRunnerFactory(edr.L1_CHAIN_TYPE, edr.l1SolidityTestRunnerFactory());
  return created;
}

/**
 * Runs tests of one contract and tells which fail.
 *
 * @param name What the contract is called, for messages.
 * @param pattern Which tests to run: a regular expression on their signatures.
 */
export async function failuresOf(code: Compiled, name: string, pattern: string): Promise<Failure[]> {
  context ??= createContext();
  const engine = await context;
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
