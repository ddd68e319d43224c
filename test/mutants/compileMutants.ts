// Compiles mutated contracts beside the originals, all in one run of the compiler. Nothing is written to disk.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { InterfaceAbi } from "ethers";
import { mutate } from "./mutate.ts";

/** A contract with one defence taken out. */
export interface Mutant {
  /** The rule or invariant whose mark it is. */
  guard: string;
  contract: string;
  replacement?: string;
}

export interface Compiled {
  abi: InterfaceAbi;
  bytecode: string;
}

interface Solc {
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string;
}
interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>;
}

const root = new URL("../../", import.meta.url);
const fileOf = (path: string): string | undefined =>
  ["", "node_modules/"]
    .map((folder) => fileURLToPath(new URL(folder + path, root)))
    .find((file) => existsSync(file));

// In the folder of the original, so that relative imports lead to the same files.
const sourceName = ({ guard, contract }: Mutant): string => `contracts/${contract}.${guard}.sol`;

/** The mutants by guard and contract, in the order given. */
export function compileMutants(mutants: readonly Mutant[]): Compiled[] {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const sources = mutants.map((mutant) => {
    const original = readFileSync(new URL(`contracts/${mutant.contract}.sol`, root), "utf8");
    return [sourceName(mutant), { content: mutate(original, mutant.guard, mutant.replacement) }] as const;
  });
  const wanted = mutants.map(
    (mutant) => [sourceName(mutant), { [mutant.contract]: ["abi", "evm.bytecode.object"] }] as const,
  );
  const settings = { evmVersion: "cancun", outputSelection: Object.fromEntries(wanted) };
  const input = { language: "Solidity", sources: Object.fromEntries(sources), settings };
  const read = (path: string) => {
    const file = fileOf(path);
    return file ? { contents: readFileSync(file, "utf8") } : { error: `no file ${path}` };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as Output;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  return mutants.map((mutant) => {
    const { abi, evm } = output.contracts![sourceName(mutant)]![mutant.contract]!;
    return { abi, bytecode: `0x${evm.bytecode.object}` };
  });
}
