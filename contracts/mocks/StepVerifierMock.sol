// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJudge} from "../interfaces/IJudge.sol";
import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";
import {ProgramHeader} from "../types/Program.sol";
import {Claim, NodeKind, Position, Section, StepProof, Verdict} from "../types/Trace.sol";

/// @notice A toy machine, so that the game can be tested without the real one. Each slot holds one tile whose bytes all
/// equal the slot's number modulo 256; each output byte equals the number of slots modulo 256. A toy descriptor is three
/// bytes: the rule that it breaks, the slot that its operand reads, and a type that consumer and producer must share.
contract StepVerifierMock is IStepVerifier {
    uint256 internal constant TYPES_DIFFER = 200;

    /// @inheritdoc IJudge
    function verify(
        Claim calldata claim,
        Position calldata position,
        bytes32 node,
        NodeKind kind,
        StepProof calldata proof
    ) external view returns (Verdict) {
        uint256 tileDepth =
            position.section == Section.Trace
                ? GeometryLib.traceDepth(claim.slots, claim.maxPasses)
                : MerkleLib.treeDepth(GeometryLib.tileCount(claim.outputBytes));
        uint256 tiles =
            position.section == Section.Trace
                ? uint256(claim.slots) * claim.maxPasses
                : GeometryLib.tileCount(claim.outputBytes);
        if (position.depth > tileDepth) return Verdict.Faulty;

        bool padding = uint256(position.path) << (4 * (tileDepth - position.depth)) >= tiles;
        if (padding || node == MerkleLib.EMPTY) {
            return padding == (node == MerkleLib.EMPTY) ? Verdict.Correct : Verdict.Faulty;
        }
        bool canonical = (kind == NodeKind.Tile) == (position.depth == tileDepth);
        if (kind != NodeKind.Unrevealed && !canonical) return Verdict.Faulty;
        require(kind == NodeKind.Tile, NothingToProve(position.depth, position.path));

        bytes32 computed = MerkleLib.tileHash(proof.tile);
        require(computed == node, WrongTile(computed, node));
        uint256 size = proof.tile.length;
        require(proof.element < size, ElementOutOfRange(proof.element, size));
        uint256 value = position.section == Section.Trace ? position.path : claim.slots;
        return uint8(proof.tile[proof.element]) == uint8(value) ? Verdict.Correct : Verdict.Faulty;
    }

    /// @inheritdoc IJudge
    function checkDescriptor(
        ProgramHeader calldata,
        uint256,
        bytes calldata descriptor
    ) external pure returns (uint256 code) {
        return uint8(descriptor[0]);
    }

    /// @inheritdoc IStepVerifier
    function checkOperand(
        ProgramHeader calldata,
        uint256,
        bytes calldata consumer,
        uint256,
        bytes calldata producer
    ) external pure returns (uint256 code, uint256 producerIndex) {
        return (consumer[2] == producer[2] ? 0 : TYPES_DIFFER, uint8(consumer[1]));
    }

    /// @inheritdoc IJudge
    function operators() external pure returns (uint256) {
        return type(uint256).max;
    }
}
