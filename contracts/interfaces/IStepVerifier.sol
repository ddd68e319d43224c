// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProgramHeader} from "../types/Program.sol";
import {Claim, NodeKind, Position, StepProof, Verdict} from "../types/Trace.sol";

/// @title The judge: recomputes one output element of one operator from Merkle openings.
/// @notice Stateless. For every well-formed opening of every registered program there is a verdict; openings that are not
/// well formed revert with the reason, and the challenger may try again while its clock runs.
/// @dev Paths may also be refused by `MerkleLib.WrongPathLength` and `MerkleLib.LeafOutOfTree`.
interface IStepVerifier {
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

    /// @notice Thrown when a descriptor's bytes are not canonical, see `checkDescriptor` for the codes.
    error MalformedDescriptor(uint256 code);

    /// @notice The verdict on what the worker claims at `position`.
    /// @dev Faulty when the node is misplaced (data where padding belongs or the reverse, a tile where an inner node
    /// belongs or the reverse, a tile of the wrong length) or when the element differs from its recomputation.
    /// @param claim The program, the input and the roots that the worker is bound to.
    /// @param position Where the dispute stands.
    /// @param node The hash at that position.
    /// @param kind What was revealed about the node.
    /// @param proof Descriptor, element and openings.
    function verify(
        Claim calldata claim,
        Position calldata position,
        bytes32 node,
        NodeKind kind,
        StepProof calldata proof
    ) external view returns (Verdict);

    /// @notice Checks one descriptor locally: opcode, earlier predecessors, shape rule, limits.
    /// @param header The header of the program that the descriptor belongs to.
    /// @param index The descriptor's number; `header.slots` is the collect.
    /// @param descriptor Canonical bytes.
    /// @return code Zero when well formed, otherwise the number of the first rule it breaks (the same numbers as
    /// `descriptorFault` in the SDK).
    function checkDescriptor(
        ProgramHeader calldata header,
        uint256 index,
        bytes calldata descriptor
    ) external view returns (uint256 code);

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
