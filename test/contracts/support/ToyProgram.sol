// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProgramHeader} from "../../../contracts/types/Program.sol";
import {StepProof} from "../../../contracts/types/Trace.sol";

/// @notice A program of 16 slots for the toy machine, with its descriptors, its trace and its answers.
abstract contract ToyProgram {
    uint256 internal constant SLOTS = 16;
    bytes internal constant INPUT = "12345678";

    function header() internal pure returns (ProgramHeader memory) {
        return
            ProgramHeader({
                operatorSet: 1,
                slots: uint32(SLOTS),
                constants: 0,
                maxPasses: 1,
                inputBytes: 8,
                outputBytes: 16,
                tensorDepth: 0
            });
    }

    /// @notice A toy descriptor that breaks `rule`, reads slot 0, and has `kind` as type.
    function descriptor(uint8 rule, uint8 kind) internal pure returns (bytes memory) {
        return abi.encodePacked(rule, uint8(0), kind);
    }

    function descriptorHash(bytes memory bytes_) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(2), bytes_));
    }

    /// @notice 17 descriptors: slot 3 breaks rule 7, slot 5 disagrees in type with slot 0, the others are well formed.
    function descriptorLeaves() internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](SLOTS + 1);
        for (uint256 i = 0; i <= SLOTS; ++i) leaves[i] = descriptorHash(descriptorAt(i));
    }

    function descriptorAt(uint256 index) internal pure returns (bytes memory) {
        if (index == 3) return descriptor(7, 1);
        return index == 5 ? descriptor(0, 2) : descriptor(0, 1);
    }

    function descriptorsRoot() internal pure returns (bytes32) {
        bytes32[] memory leaves = descriptorLeaves();
        bytes32[16] memory top;
        bytes32[16] memory low;
        for (uint256 i = 0; i < 16; ++i) low[i] = leaves[i];
        top[0] = nodeHash(low);
        bytes32[16] memory rest;
        rest[0] = leaves[16];
        top[1] = nodeHash(rest);
        return nodeHash(top);
    }

    /// @notice The siblings of descriptor `index` below 16.
    function descriptorPath(uint256 index) internal pure returns (bytes32[] memory path) {
        bytes32[] memory leaves = descriptorLeaves();
        path = new bytes32[](30);
        uint256 at_ = 0;
        for (uint256 i = 0; i < 16; ++i) if (i != index) path[at_++] = leaves[i];
        bytes32[16] memory rest;
        rest[0] = leaves[16];
        path[15] = nodeHash(rest);
    }

    function nodeHash(bytes32[16] memory children) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(1), children));
    }

    function tileHash(bytes memory tile) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(0), tile));
    }

    /// @notice What the toy machine computes for a slot, or something else.
    function tileOf(uint256 slot, bool lie) internal pure returns (bytes memory) {
        uint8 value = uint8(slot);
        return abi.encodePacked(lie ? value + 1 : value, value, value);
    }

    /// @notice The children of the trace root, with a lie in one slot (none when there is no such slot).
    function traceWith(uint256 lie) internal pure returns (bytes32[16] memory children) {
        for (uint256 i = 0; i < 16; ++i) children[i] = tileHash(tileOf(i, i == lie));
    }

    function outputOf(bool lie) internal pure returns (bytes memory output) {
        output = new bytes(16);
        for (uint256 i = 0; i < 16; ++i) output[i] = bytes1(uint8(SLOTS));
        if (lie) output[0] = 0xff;
    }

    function stepProof(bytes memory tile) internal pure returns (StepProof memory proof) {
        proof.tile = tile;
    }

    function inputRootOf(bytes memory input) internal pure returns (bytes32) {
        return input.length == 0 ? bytes32(0) : tileHash(input);
    }
}
