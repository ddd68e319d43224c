// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProgramHeader} from "../types/Program.sol";
import {IJudge} from "./IJudge.sol";

/// @title The judge: recomputes one output element of one operator from Merkle openings.
/// @notice Stateless. For every well-formed opening of every registered program there is a verdict; openings that are not
/// well formed revert with the reason, and the challenger may try again while its clock runs.
/// @dev Paths may also be refused by `MerkleLib.WrongPathLength` and `MerkleLib.LeafOutOfTree`.
interface IStepVerifier is IJudge {
    /// @notice Thrown when a Merkle path does not lead from the opened leaf to the committed root.
    error WrongOpening(bytes32 computedRoot, bytes32 committedRoot);

    /// @notice Thrown when the tile in a proof does not hash to the disputed node.
    error WrongTile(bytes32 computedNode, bytes32 node);

    /// @notice Thrown when an opened tile has another length than the tensor's geometry demands.
    error WrongTileLength(uint256 given, uint256 required);

    /// @notice Thrown when the recomputation reads a tile that the proof does not open.
    error MissingTile(uint256 operand, uint256 tile);

    /// @notice Thrown when the element number lies outside the tile.
    error ElementOutOfRange(uint256 element, uint256 count);

    /// @notice Thrown when the position is an inner node in the right place, or not yet revealed: keep descending.
    error NothingToProve(uint8 depth, uint64 path);

    /// @notice Thrown by a judge that is asked about an operator of another kind.
    error NotThisJudge(uint256 opcode);

    /// @notice Thrown at deployment when an address holds no judge of the operators expected there.
    error WrongJudge(address judge);

    /// @notice Thrown when a descriptor's bytes are not canonical, see `checkDescriptor` for the codes.
    error MalformedDescriptor(uint256 code);

    /// @notice Checks that a consumer's view of an operand equals what the producer declares.
    /// @return code Zero when they agree or do not touch, otherwise the number of the first rule that the consumer, the
    /// producer or both together break.
    /// @return producerIndex The slot that the operand reads: `producer` must be the descriptor of that number.
    function checkOperand(
        ProgramHeader calldata header,
        uint256 consumerIndex,
        bytes calldata consumer,
        uint256 operand,
        bytes calldata producer
    ) external view returns (uint256 code, uint256 producerIndex);
}
