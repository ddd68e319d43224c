// Why the judge does not take a proof: the names and arguments of the contract's errors, thrown by its TypeScript twin.
import { BaseError } from "../errors.ts";
import type { Hex } from "../protocol/index.ts";

export interface StepProofErrorArgs {
  WrongOpeningError: { computedRoot: Hex; committedRoot: Hex };
  WrongPathLengthError: { given: bigint; required: bigint };
  LeafOutOfTreeError: { index: bigint; depth: bigint };
  WrongTileError: { computedNode: Hex; node: Hex };
  WrongTileLengthError: { given: bigint; required: bigint };
  MissingTileError: { operand: bigint; tile: bigint };
  ElementOutOfRangeError: { element: bigint; count: bigint };
  NothingToProveError: { depth: number; path: bigint };
  MalformedDescriptorError: { code: bigint };
}

export type StepProofErrorName = keyof StepProofErrorArgs;

const sentences: Readonly<Record<StepProofErrorName, string>> = {
  WrongOpeningError: "A Merkle path does not lead to the committed root.",
  WrongPathLengthError: "A Merkle path has another length than its tree's depth demands.",
  LeafOutOfTreeError: "A leaf number lies outside its tree.",
  WrongTileError: "The proof's tile does not hash to the disputed node.",
  WrongTileLengthError: "An opened tile has another length than the tensor's geometry demands.",
  MissingTileError: "The element reads a tile that the proof does not open.",
  ElementOutOfRangeError: "The tile has no element of that number.",
  NothingToProveError: "The node is in its right place and not yet a tile: keep descending.",
  MalformedDescriptorError: "The descriptor breaks a rule.",
};

export class StepProofError<Name extends StepProofErrorName = StepProofErrorName> extends BaseError {
  readonly args: StepProofErrorArgs[Name];

  constructor(name: Name, args: StepProofErrorArgs[Name]) {
    super(sentences[name], { facts: { ...args } });
    this.name = name;
    this.args = args;
  }
}
