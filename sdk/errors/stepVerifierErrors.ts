// What StepVerifier and the Merkle library revert with.
import { contractError } from "./ContractError.ts";

export class WrongOpeningError extends contractError(
  "error WrongOpening(bytes32 computedRoot, bytes32 committedRoot)",
  "A Merkle path does not lead to the committed root.",
) {}

export class WrongPathLengthError extends contractError(
  "error WrongPathLength(uint256 given, uint256 required)",
  ({ given, required }) => `A Merkle path has ${given} hashes; its tree's depth demands ${required}.`,
) {}

export class LeafOutOfTreeError extends contractError(
  "error LeafOutOfTree(uint256 index, uint256 depth)",
  ({ index, depth }) => `A tree of depth ${depth} has no leaf ${index}.`,
) {}

export class WrongTileError extends contractError(
  "error WrongTile(bytes32 computedNode, bytes32 node)",
  "The proof's tile does not hash to the disputed node.",
) {}

export class WrongTileLengthError extends contractError(
  "error WrongTileLength(uint256 given, uint256 required)",
  ({ given, required }) => `An opened tile has ${given} bytes where the tensor has ${required}.`,
) {}

export class MissingTileError extends contractError(
  "error MissingTile(uint256 operand, uint256 tile)",
  ({ operand, tile }) =>
    `The proof does not open tile ${tile} of operand ${operand}, which the element reads.`,
) {}

export class ElementOutOfRangeError extends contractError(
  "error ElementOutOfRange(uint256 element, uint256 count)",
  ({ element, count }) => `The tile has ${count} elements, so there is no element ${element}.`,
) {}

export class NothingToProveError extends contractError(
  "error NothingToProve(uint8 depth, uint64 path)",
  "The node is in its right place and not yet a tile: keep descending.",
) {}

export class NotThisJudgeError extends contractError(
  "error NotThisJudge(uint256 opcode)",
  ({ opcode }) => `This judge does not know operator ${opcode}: ask the StepVerifier.`,
) {}

export class WrongJudgeError extends contractError(
  "error WrongJudge(address judge)",
  ({ judge }) => `${judge} is no judge of the operators expected there.`,
) {}

export class MalformedDescriptorError extends contractError(
  "error MalformedDescriptor(uint256 code)",
  ({ code }) => `The descriptor breaks rule ${code}.`,
) {}
