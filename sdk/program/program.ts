// A program as it is committed: its header, descriptors and trees.
import {
  descriptorHash,
  type Hex,
  MerkleTree,
  type ProgramHeader,
  programRoot,
  tileCount,
  treeDepth,
} from "../protocol/index.ts";
import { encodeDescriptor } from "./descriptor.ts";
import { outputTypes, packedOffsets } from "./packing.ts";
import { byteLength, tensorTree, tensorType } from "./tensor.ts";
import type { Program, Step } from "./types.ts";

/** The last step, which builds the output bytes. */
export function collectStep(program: Program): Step {
  const types = outputTypes(program);
  return {
    op: "Collect",
    operands: program.outputs.map((slot, index) => ({
      source: { kind: "slot", index: slot },
      type: types[index]!,
    })),
    attributes: [],
    out: tensorType("u8", [packedOffsets(types).length]),
  };
}

/** The step with this number; `slots` is the collect. */
export const stepAt = (program: Program, index: number): Step =>
  index === program.steps.length ? collectStep(program) : program.steps[index]!;

export function programHeader(program: Program): ProgramHeader {
  const outputBytes = packedOffsets(outputTypes(program)).length;
  const largest = program.steps.reduce((size, { out }) => Math.max(size, byteLength(out)), outputBytes);
  return {
    operatorSet: program.operatorSet,
    slots: program.steps.length,
    constants: program.constants.length,
    maxPasses: program.maxPasses,
    inputBytes: packedOffsets(program.inputs).length,
    outputBytes,
    tensorDepth: treeDepth(tileCount(largest)),
  };
}

/** Canonical bytes of all steps, collect last. */
export const encodeDescriptors = (program: Program): Uint8Array[] =>
  [...program.steps, collectStep(program)].map(encodeDescriptor);

/** A program with its roots, and the trees that step proofs open. */
export interface CommittedProgram {
  readonly program: Program;
  readonly header: ProgramHeader;
  readonly descriptors: readonly Uint8Array[];
  readonly descriptorTree: MerkleTree;
  /** Over the roots of the constants. */
  readonly constantTree: MerkleTree;
  /** Over the tiles of each constant. */
  readonly tensorTrees: readonly MerkleTree[];
  readonly descriptorsRoot: Hex;
  readonly constantsRoot: Hex;
  readonly programRoot: Hex;
}

/** Hashes a program. Reads all constants: keep the result. */
export function commitProgram(program: Program): CommittedProgram {
  const header = programHeader(program);
  const descriptors = encodeDescriptors(program);
  const descriptorTree = MerkleTree.fromHashes(descriptors.map(descriptorHash));
  const tensorTrees = program.constants.map(tensorTree);
  const constantTree = MerkleTree.fromHashes(tensorTrees.map(({ root }) => root));
  return {
    program,
    header,
    descriptors,
    descriptorTree,
    constantTree,
    tensorTrees,
    descriptorsRoot: descriptorTree.root,
    constantsRoot: constantTree.root,
    programRoot: programRoot(header, descriptorTree.root, constantTree.root),
  };
}
