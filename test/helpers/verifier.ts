// The real judge on a chain of its own process: StepVerifier and the judges behind it.
import { readFileSync } from "node:fs";
import { type Abi, type Address, type Hex, hexToNumber, slice } from "viem";
import type { Anvil } from "./anvil.ts";

export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** A compiled contract by its folder and name, or by its file and name where they differ. */
export function artifact(name: string): Artifact {
  const file = name.includes(".sol/") ? name : `${name}.sol/${name.split("/").at(-1)}`;
  return JSON.parse(readFileSync(new URL(`../../artifacts/contracts/${file}.json`, import.meta.url), "utf8"));
}

export const judgeNames = ["SumJudge", "ElementJudge", "MovementJudge"] as const;
export type JudgeName = (typeof judgeNames)[number];

/** Deploys the judge of every operator. */
export async function deployVerifier({ client }: Anvil) {
  const [account] = await client.getAddresses();
  const create = async (abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Address> => {
    const limits = { chain: null, gas: 100_000_000n } as const;
    const hash = await client.deployContract({ abi, bytecode, args, account: account!, ...limits });
    return (await client.waitForTransactionReceipt({ hash })).contractAddress!;
  };
  const masks = new Map<JudgeName, bigint>();
  const judges: Address[] = [];
  for (const name of judgeNames) {
    const { abi, bytecode } = artifact(`judges/${name}`);
    const address = await create(abi, bytecode, []);
    masks.set(name, (await client.readContract({ address, abi, functionName: "operators" })) as bigint);
    judges.push(address);
  }
  const { abi, bytecode } = artifact("StepVerifier");
  const verifier = await create(abi, bytecode, judges);
  /** The judge that knows a descriptor's operator. */
  const judgeOf = (descriptor: Hex): JudgeName => {
    const opcode = BigInt(hexToNumber(slice(descriptor, 0, 1)));
    const known = judgeNames.find((name) => ((masks.get(name)! >> opcode) & 1n) === 1n);
    if (known === undefined) throw new Error(`no judge knows operator ${opcode}`);
    return known;
  };
  return { verifier, judgeOf, create };
}
