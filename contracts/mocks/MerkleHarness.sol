// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {MerkleLib} from "../libraries/MerkleLib.sol";

/// @notice Opens the hashing libraries to tests.
contract MerkleHarness {
    function tileHash(bytes calldata tile) external view returns (bytes32) {
        return MerkleLib.tileHash(tile);
    }

    function descriptorHash(bytes calldata descriptor) external view returns (bytes32) {
        return MerkleLib.descriptorHash(descriptor);
    }

    function nodeHash(bytes32[16] calldata children) external view returns (bytes32) {
        return MerkleLib.nodeHash(children);
    }

    function byteRoot(bytes calldata data) external view returns (bytes32) {
        return MerkleLib.byteRoot(data);
    }

    function treeDepth(uint256 leaves) external pure returns (uint256) {
        return MerkleLib.treeDepth(leaves);
    }

    function traceDepth(uint256 slots, uint256 maxPasses) external pure returns (uint256) {
        return GeometryLib.traceDepth(slots, maxPasses);
    }

    function rootFromPath(
        bytes32 leaf,
        uint256 index,
        uint256 depth,
        bytes32[] calldata path
    ) external view returns (bytes32) {
        return MerkleLib.rootFromPath(leaf, index, depth, path);
    }
}
