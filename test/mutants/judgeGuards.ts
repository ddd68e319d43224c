// The marks of the judge, and for each a proof that its check refuses: without the check an honest worker is slashed, or a
// cheating one is not.
import { claimOf, commitProgram, createTrace, encodeDescriptor, tensorType } from "@assay/sdk/program";
import { bytesToHex, descriptorHash, hexToBytes, MerkleTree, TRACE_ROOT } from "@assay/sdk/protocol";
import { honestProof } from "../equality/proofQuestions.ts";
import { ProgramBuilder } from "../helpers/programs.ts";
import { Random } from "../helpers/random.ts";
import type { ProofCase } from "../helpers/vectors.ts";
import { iteratedProof } from "./iterated.ts";
import type { Guard } from "./switches.ts";

export interface Judged extends Guard {
  /** What the challenger does, as a sentence. */
  title: string;
  /** What the contracts say. */
  stoppedBy: string;
  /** What the mutant says. */
  gains?: string;
  proof(): ProofCase;
}

/** A proof that every judge takes. */
export const honest = (): ProofCase => {
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

export const judged: readonly Judged[] = [
  {
    guard: "S-04-opening",
    contract: "libraries/OpeningLib",
    title: "opens an operand that was never committed",
    stoppedBy: "WrongOpeningError",
    proof: withWrongOperand,
  },
  {
    guard: "S-04-tile",
    contract: "judges/Judge",
    title: "puts another tile in the place of the revealed one",
    stoppedBy: "WrongTileError",
    proof: withWrongTile,
  },
  {
    guard: "S-04-element",
    contract: "judges/Judge",
    title: "proves an element beyond the tile wrong",
    stoppedBy: "ElementOutOfRangeError",
    proof: beyondTile,
  },
  {
    guard: "S-04-node",
    contract: "judges/Judge",
    title: "calls an inner node in its right place misplaced",
    stoppedBy: "NothingToProveError",
    proof: atInnerNode,
  },
  {
    guard: "S-05",
    contract: "judges/Judge",
    title: "has a step judged that has no agreed meaning",
    stoppedBy: "MalformedDescriptorError",
    proof: onMalformedProgram,
  },
  {
    guard: "S-04-carry",
    contract: "libraries/OpeningLib",
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
    contract: "judges/Judge",
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
