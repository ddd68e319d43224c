// Compiles the contracts and their Solidity tests with every defence behind a switch, in one run of the compiler. Nothing is
// written to disk.
import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { InterfaceAbi } from "ethers";
import {
  addSwitches,
  type Constant,
  type Guard,
  marksOf,
  SWITCH_FILE,
  switchSource,
  withoutGuard,
} from "./switches.ts";

export interface Compiled {
  abi: InterfaceAbi;
  bytecode: string;
  deployedBytecode: string;
}

/** A contract with tests, and what else its file has, by name: what random histories call is looked up there. */
export interface Suite extends Compiled {
  beside: Record<string, Compiled>;
}

/** Code with one defence less. */
export interface Mutants {
  /** A contract without the defence `without`; with all of them where that is left out. */
  contract(name: string, without?: Guard): Compiled;
  /** The test contract of a file that has the named test, and everything that it deploys. */
  suite(file: string, test: string, without?: Guard): Suite;
}

interface Solc {
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string;
}
interface Code {
  object: string;
}
interface Contract {
  abi: InterfaceAbi;
  evm: { bytecode: Code; deployedBytecode: Code };
}
interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, Contract>>;
}

const has = ({ abi }: { abi: InterfaceAbi }, test: string): boolean =>
  (abi as readonly { name?: string }[]).some(({ name }) => name === test);

const root = new URL("../../", import.meta.url);
const fileOf = (path: string): string | undefined =>
  ["", "node_modules/"]
    .map((folder) => fileURLToPath(new URL(folder + path, root)))
    .find((file) => existsSync(file));

// The switches would be optimized away. The allocation of stack slots alone stays: the signature library needs it.
const optimizer = {
  enabled: false,
  details: { yul: true, yulDetails: { stackAllocation: true, optimizerSteps: "u:" } },
};

/** Every marked file below `contracts/`: its path without the ending, and what is in it. */
export const markedFiles = (): { contract: string; source: string }[] =>
  globSync("**/*.sol", { cwd: fileURLToPath(new URL("contracts/", root)) })
    .sort()
    .map((file) => ({
      contract: file.slice(0, -".sol".length),
      source: readFileSync(new URL(`contracts/${file}`, root), "utf8"),
    }))
    .filter(({ source }) => marksOf(source).length > 0);

/**
 * @param guards The marks that get a switch: all of the files that they are in.
 * @param contracts The contracts that are wanted, each in the file of its name.
 * @param suites The files of tests that are wanted: `Vault` for `test/contracts/Vault.t.sol`.
 */
export function compileMutants(
  guards: readonly Guard[],
  contracts: readonly string[],
  suites: readonly string[],
): Mutants {
  const constants: Constant[] = [];
  const numberOf = (wanted: Guard): number =>
    1 + guards.findIndex(({ guard, contract }) => guard === wanted.guard && contract === wanted.contract);
  const switched = markedFiles()
    .filter((file) => guards.some(({ contract }) => contract === file.contract))
    .map(({ contract, source }) => {
      const switchOf = (guard: string) => {
        const number = numberOf({ guard, contract });
        return { number, replacement: guards[number - 1]?.replacement ?? "" };
      };
      return [`contracts/${contract}.sol`, addSwitches(contract, source, switchOf, constants)] as const;
    });
  const contractFile = (name: string) => `contracts/${name}.sol`;
  const suiteFile = (name: string) => `test/contracts/${name}.t.sol`;
  const wanted = [...contracts.map(contractFile), ...suites.map(suiteFile)];
  const plain = wanted.map((file) => [file, readFileSync(new URL(file, root), "utf8")] as const);
  const sources = Object.fromEntries(
    [...plain, ...switched, [SWITCH_FILE, switchSource] as const].map(([file, content]) => [
      file,
      { content },
    ]),
  );
  const outputSelection = Object.fromEntries(
    wanted.map((file) => [file, { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] }]),
  );
  const output = compile({
    language: "Solidity",
    sources,
    settings: { evmVersion: "cancun", optimizer, outputSelection },
  });
  const codeOf = (found: Contract | undefined, name: string, without?: Guard): Compiled => {
    if (!found) throw new Error(`There is no ${name}`);
    const off = without ? numberOf(without) : 0;
    const code = ({ object }: Code) => `0x${withoutGuard(object, off, constants)}`;
    const { bytecode, deployedBytecode } = found.evm;
    return { abi: found.abi, bytecode: code(bytecode), deployedBytecode: code(deployedBytecode) };
  };
  return {
    contract: (name, without) => codeOf(output.contracts?.[contractFile(name)]?.[name], name, without),
    suite(file, test, without) {
      const all = Object.entries(output.contracts?.[suiteFile(file)] ?? {});
      const found = all.find(([, it]) => has(it, test))?.[1];
      const others = all.filter(([, it]) => it !== found && it.evm.bytecode.object !== "");
      const beside = Object.fromEntries(others.map(([name, it]) => [name, codeOf(it, name, without)]));
      return { ...codeOf(found, `${test} in ${suiteFile(file)}`, without), beside };
    },
  };
}

function compile(input: object): Output {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const read = (path: string) => {
    const file = fileOf(path);
    return file ? { contents: readFileSync(file, "utf8") } : { error: `no file ${path}` };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as Output;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  return output;
}
