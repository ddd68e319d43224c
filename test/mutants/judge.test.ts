// S-24 for the judge: each check is taken out in turn. The proof that it refuses then slashes an honest worker.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { claimOf, commitProgram, createTrace, encodeDescriptor, tensorType } from "@assay/sdk/program";
import {
  bytesToHex,
  descriptorHash,
  type Hex,
  hexToBytes,
  MerkleTree,
  TRACE_ROOT,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import type { Address } from "viem";
import { type Harness, startHarness } from "../equality/harness.ts";
import { honestProof } from "../equality/proofQuestions.ts";
import { ProgramBuilder } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import type { ProofCase } from "../helpers/vectors.ts";
import type { JudgeName } from "../helpers/verifier.ts";
import { iteratedProof } from "./iterated.ts";
import { mutate } from "./mutate.ts";

interface Case {
  guard: string;
  file: string;
  /** What the challenger does, as a sentence. */
  title: string;
  /** What the contracts say. */
  stoppedBy: string;
  /** What the mutant says. */
  gains?: string;
  proof(): ProofCase;
}

const honest = (): ProofCase => {
  const random = new Random(7);
  for (;;) {
    const question = honestProof(random);
    if (question.claim.slots === 4 && question.step === 1) return question;
  }
};

function withWrongOperand(): ProofCase {
  const question = honest();
  const [first, ...others] = question.proof.operands;
  const [tile] = first!.tiles;
  const data = hexToBytes(tile!.data);
  const operands = [
    { ...first!, tiles: [{ ...tile!, data: bytesToHex(data.map((byte) => byte ^ 1)) }] },
    ...others,
  ];
  return { ...question, proof: { ...question.proof, operands } };
}

function withWrongTile(): ProofCase {
  const question = honest();
  const tile = hexToBytes(question.proof.tile).map((byte) => byte ^ 1);
  return { ...question, proof: { ...question.proof, tile: bytesToHex(tile) } };
}

function beyondTile(): ProofCase {
  const question = honest();
  return { ...question, proof: { ...question.proof, element: question.proof.tile.length } };
}

function atInnerNode(): ProofCase {
  const question = honest();
  return { ...question, node: question.claim.traceRoot, kind: "inner", position: TRACE_ROOT };
}

/** Clip between 5 and 3, which onnxruntime takes for 3 and the judge for 5. */
function onMalformedProgram(): ProofCase {
  const type = tensorType("i32", [1]);
  const builder = new ProgramBuilder([type]);
  const program = builder.build([builder.step("Clip", [builder.input(0)], [0, 9], type)]);
  const input = new Uint8Array(4);
  const step = { ...program.steps[0]!, attributes: [5n, 3n] };
  const committed = commitProgram(program);
  const descriptors = [encodeDescriptor(step), committed.descriptors[1]!];
  const tree = MerkleTree.fromHashes(descriptors.map(descriptorHash));
  const crooked = { ...program, steps: [step] };
  const trace = createTrace({ ...committed, program: crooked }, input, [{ type, data: Int32Array.of(3) }]);
  const claim = { ...claimOf(committed, trace.inputRoot, trace.traceRoot), descriptorsRoot: tree.root };
  const position = { section: "trace", depth: 1, path: 0n } as const;
  const tiles = [{ index: 0, data: bytesToHex(input), path: [] }];
  const proof = {
    descriptor: bytesToHex(descriptors[0]!),
    descriptorPath: tree.path(0),
    tile: bytesToHex(trace.tileBytes(0, 0)),
    element: 0,
    operands: [{ rootPath: [], tiles }],
  };
  return { name: "Clip", claim, position, node: trace.node(position), kind: "tile", proof };
}

const cases: readonly Case[] = [
  {
    guard: "S-04-opening",
    file: "libraries/OpeningLib.sol",
    title: "opens an operand that was never committed",
    stoppedBy: "WrongOpeningError",
    proof: withWrongOperand,
  },
  {
    guard: "S-04-tile",
    file: "judges/Judge.sol",
    title: "puts another tile in the place of the revealed one",
    stoppedBy: "WrongTileError",
    proof: withWrongTile,
  },
  {
    guard: "S-04-element",
    file: "judges/Judge.sol",
    title: "proves an element beyond the tile wrong",
    stoppedBy: "ElementOutOfRangeError",
    proof: beyondTile,
  },
  {
    guard: "S-04-node",
    file: "judges/Judge.sol",
    title: "calls an inner node in its right place misplaced",
    stoppedBy: "NothingToProveError",
    proof: atInnerNode,
  },
  {
    guard: "S-05",
    file: "judges/Judge.sol",
    title: "has a step judged that has no agreed meaning",
    stoppedBy: "MalformedDescriptorError",
    proof: onMalformedProgram,
  },
  {
    guard: "S-04-carry",
    file: "libraries/OpeningLib.sol",
    title: "shows a carry what its own pass made",
    stoppedBy: "WrongOpeningError",
    proof: () =>
      iteratedProof(
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 1],
        ],
        3,
        0,
      ),
  },
  {
    guard: "S-04-stop",
    file: "judges/Judge.sol",
    title: "cannot disprove a worker that ends a pass too early",
    stoppedBy: "faulty",
    gains: "correct",
    proof: () =>
      iteratedProof(
        [
          [0, 0],
          [0, 0],
        ],
        1,
        1,
      ),
  },
];

interface Solc {
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string;
}

const root = new URL("../../contracts/", import.meta.url);

/** The judge of an operator with one file changed. */
function compileJudge({ file, guard }: Case, judge: JudgeName): Hex {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
  const source = `judges/${judge}.sol`;
  const sources = {
    [source]: { content: read(source) },
    [file]: { content: mutate(read(file), guard) },
  };
  const settings = {
    evmVersion: "cancun",
    outputSelection: { [source]: { [judge]: ["evm.bytecode.object"] } },
  };
  const find = (path: string) =>
    existsSync(fileURLToPath(new URL(join(path), root)))
      ? { contents: read(path) }
      : { error: `no file ${path}` };
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const output = JSON.parse(solc.compile(input, { import: find }));
  const code = output.contracts?.[source]?.[judge]?.evm.bytecode.object;
  if (!code) throw new Error(JSON.stringify(output.errors));
  return `0x${code}`;
}

describe("mutants of the judge (S-24)", () => {
  let harness: Harness;
  const judges = new Map<Case, Map<JudgeName, Address>>();

  /** What the mutant says: its judge is asked itself, as the verifier would ask it. */
  const askMutant = (mutant: Case, question: ProofCase) =>
    harness.verify(question, judges.get(mutant)!.get(harness.judgeOf(question.proof.descriptor))!);

  before("compile", async function () {
    this.timeout(180_000);
    harness = await startHarness();
    for (const mutant of cases) {
      const compiled = new Map<JudgeName, Address>();
      for (const { proof } of [honest(), mutant.proof()]) {
        const judge = harness.judgeOf(proof.descriptor);
        if (!compiled.has(judge)) compiled.set(judge, await harness.deployJudge(compileJudge(mutant, judge)));
      }
      judges.set(mutant, compiled);
    }
  });
  after(() => harness.stop());

  it("S-04: judges the honest proof correct, mutated or not", async () => {
    expect((await harness.verify(honest())).name).to.equal("correct");
    for (const mutant of cases) expect((await askMutant(mutant, honest())).name).to.equal("correct");
  });

  for (const mutant of cases) {
    const { guard, file, title, stoppedBy, gains = "faulty", proof } = mutant;
    it(`${guard}: without the guard in ${file}, a challenger ${title}`, async () => {
      expect((await harness.verify(proof())).name, "the contracts").to.equal(stoppedBy);
      expect((await askMutant(mutant, proof())).name, "the mutant").to.equal(gains);
    });
  }
});
