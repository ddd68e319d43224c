// The contracts as the equality tests ask them: many elements, descriptors or proofs on one chain.
import {
  elementCount,
  encodeDescriptor,
  layoutBytes,
  logicalIndex,
  ONLY_PASS,
  type Pass,
} from "@assay/sdk/program";
import {
  bytesToHex,
  enumCode,
  enumName,
  type Hex,
  nodeKinds,
  type ProgramHeader,
  sections,
  verdicts,
} from "@assay/sdk/protocol";
import { type Address, BaseError, ContractFunctionRevertedError } from "viem";
import { type Anvil, startAnvil } from "../helpers/anvil.ts";
import type { ProofCase } from "../helpers/vectors.ts";
import { type Artifact, artifact, deployVerifier, type JudgeName } from "../helpers/verifier.ts";
import type { StepCase } from "./stepCase.ts";

export interface DescriptorQuestion {
  readonly header: ProgramHeader;
  readonly index: number;
  readonly descriptor: Hex;
}

export interface OperandQuestion {
  readonly header: ProgramHeader;
  readonly index: number;
  readonly consumer: Hex;
  readonly operand: number;
  readonly producer: Hex;
}

export interface Outcome {
  readonly name: string;
  readonly args: readonly string[];
}

/** The judge's operators on a chain where one call may ask for thousands of elements. */
export interface Harness {
  /** At most `most` elements of every case, by their row-major number. */
  elements(cases: readonly StepCase[], most?: number): Promise<Map<number, bigint>[]>;
  /** `checkDescriptor` of each. */
  faults(questions: readonly DescriptorQuestion[]): Promise<number[]>;
  /** `checkOperand` of each. */
  operandFaults(questions: readonly OperandQuestion[]): Promise<number[]>;
  /** The verdict, or the name of the error that the judge reverts with and its arguments. */
  verify(question: ProofCase, judge?: Address): Promise<Outcome>;
  /** The name of the judge that a descriptor's operator has. */
  judgeOf(descriptor: Hex): JudgeName;
  /** Another judge on the same chain. */
  deployJudge(bytecode: Hex): Promise<Address>;
  tileHash(tile: Uint8Array): Promise<Hex>;
  byteRoot(bytes: Uint8Array): Promise<Hex>;
  rootFromPath(leaf: Hex, index: number, depth: number, path: readonly Hex[]): Promise<Hex>;
  stop(): Promise<void>;
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Of small outputs every element, of large ones some that are spread over all axes. */
function question({ step, operands, pass = ONLY_PASS }: StepCase & { readonly pass?: Pass }, most: number) {
  const total = elementCount(step.out);
  let every = Math.ceil(total / most);
  while (greatestDivisor(every, total) > 1) every++;
  return {
    descriptor: bytesToHex(encodeDescriptor(step)),
    operands: operands.map((tensor) => bytesToHex(layoutBytes(tensor))),
    count: Math.min(total, most),
    every,
    pass,
  };
}

/** What one call may carry, in digits. */
const MOST_DIGITS = 800_000;

/** Runs of items whose sizes together, with something for the rest of each, are within what one call may carry. */
function parts<Item>(items: readonly Item[], size: (item: Item) => number): Item[][] {
  const made: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = size(item) + 1000;
    if (needed > room) {
      made.push([]);
      room = MOST_DIGITS;
    }
    made.at(-1)!.push(item);
    room -= needed;
  }
  return made;
}

type Question = ReturnType<typeof question>;

/** The answers by the element's row-major number. */
function byNumber({ step }: StepCase, { every }: Question, values: readonly bigint[]): Map<number, bigint> {
  const total = elementCount(step.out);
  return new Map(values.map((value, index) => [logicalIndex(step.out, (index * every) % total), value]));
}

// The openings' errors are the judges', and come through the verifier as they are.
const verifierAbi = ["StepVerifier", "judges/SumJudge"].flatMap((name) => artifact(name).abi);

const harnessOf: Readonly<Record<JudgeName, string>> = {
  SumJudge: "SumHarness",
  ElementJudge: "ElementHarness",
  MovementJudge: "MovementHarness",
};

async function verdictOf(client: Anvil["client"], address: Address, question: ProofCase): Promise<Outcome> {
  const { claim, position, node, kind, proof } = question;
  const place = { ...position, section: enumCode(sections, position.section) };
  const args = [claim, place, node, enumCode(nodeKinds, kind), proof];
  try {
    const code = await client.readContract({ address, abi: verifierAbi, functionName: "verify", args });
    return { name: enumName(verdicts, Number(code)), args: [] };
  } catch (error) {
    const cause =
      error instanceof BaseError && error.walk((step) => step instanceof ContractFunctionRevertedError);
    if (!(cause instanceof ContractFunctionRevertedError) || !cause.data) throw error;
    return { name: `${cause.data.errorName}Error`, args: (cause.data.args ?? []).map(String) };
  }
}

export async function startHarness(): Promise<Harness> {
  const anvil = await startAnvil(
    "--hardfork",
    "prague",
    "--gas-limit",
    "10000000000",
    "--code-size-limit",
    "100000",
  );
  const { client } = anvil;
  const { verifier, judgeOf, create } = await deployVerifier(anvil);
  const asking = async ({ abi, bytecode }: Artifact, ...args: unknown[]) => {
    const address = await create(abi, bytecode, args);
    return (functionName: string, args: readonly unknown[]) =>
      client.readContract({ address, abi, functionName, args });
  };
  const operators = {} as Record<JudgeName, Awaited<ReturnType<typeof asking>>>;
  for (const [judge, name] of Object.entries(harnessOf))
    operators[judge as JudgeName] = await asking(artifact(`mocks/OperatorHarness.sol/${name}`));
  const descriptors = await asking(artifact("mocks/DescriptorHarness"), verifier);
  const hash = await asking(artifact("mocks/MerkleHarness"));
  return {
    elements: async (cases, most = 1024) => {
      const questions = cases.map((stepCase) => question(stepCase, most));
      const judges = questions.map(({ descriptor }) => judgeOf(descriptor));
      const answers: bigint[][] = [];
      for (const judge of new Set(judges)) {
        const asked = questions.flatMap((one, index) => (judges[index] === judge ? [{ one, index }] : []));
        for (const part of parts(asked, ({ one }) => one.operands.join("").length)) {
          const given = part.map(({ one }) => one);
          const values = (await operators[judge]("elements", [given])) as bigint[][];
          part.forEach(({ index }, number) => {
            answers[index] = values[number]!;
          });
        }
      }
      return cases.map((stepCase, index) => byNumber(stepCase, questions[index]!, answers[index]!));
    },
    faults: async (questions) => ((await descriptors("faults", [questions])) as bigint[]).map(Number),
    operandFaults: async (questions) =>
      ((await descriptors("operandFaults", [questions])) as bigint[]).map(Number),
    verify: (question, judge = verifier) => verdictOf(client, judge, question),
    judgeOf,
    deployJudge: (judge) => create(verifierAbi, judge, []),
    tileHash: async (tile) => (await hash("tileHash", [bytesToHex(tile)])) as Hex,
    byteRoot: async (bytes) => (await hash("byteRoot", [bytesToHex(bytes)])) as Hex,
    rootFromPath: async (...args) => (await hash("rootFromPath", args)) as Hex,
    stop: anvil.stop,
  };
}
