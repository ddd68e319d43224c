// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProgramHeader} from "../types/Program.sol";
import {Claim, NodeKind, Position, StepProof, Verdict} from "../types/Trace.sol";

/// @title Judges the operators of one kind. `StepVerifier` is a judge of all of them, which asks the one that knows.
/// @notice Stateless. For every well-formed opening of every registered program there is a verdict; openings that are not
/// well formed revert with the reason (see the errors of `IStepVerifier`), and the challenger may try again while its clock
/// runs.
interface IJudge {
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

    /// @notice The operators that this judge knows: bit `opcode` is set for each.
    function operators() external view returns (uint256);
}
