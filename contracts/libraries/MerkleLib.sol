// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SHA-256 trees of arity 16 over tiles of 1 KiB.
/// @dev Byte 0 of every preimage tells what is hashed: 0 a tile, 1 an inner node, 2 a descriptor. An absent child, and a
/// subtree without leaves, is `EMPTY` and never hashed. Buffers lie past the free memory pointer and are not allocated.
library MerkleLib {
    uint256 internal constant TILE_BYTES = 1024;
    uint256 internal constant ARITY = 16;
    bytes32 internal constant EMPTY = bytes32(0);

    /// @notice Thrown when a Merkle path has another length than the depth of its tree demands.
    error WrongPathLength(uint256 given, uint256 required);

    /// @notice Thrown when a leaf number lies outside a tree of the given depth.
    error LeafOutOfTree(uint256 index, uint256 depth);

    /// @notice Hash of a tile with its exact bytes. The caller bounds the length.
    function tileHash(bytes calldata tile) internal view returns (bytes32) {
        return _taggedHash(0, tile);
    }

    function descriptorHash(bytes calldata descriptor) internal view returns (bytes32) {
        return _taggedHash(2, descriptor);
    }

    function nodeHash(bytes32[16] calldata children) internal view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore8(buffer, 1)
            calldatacopy(add(buffer, 1), children, 512)
            if iszero(and(eq(returndatasize(), 32), staticcall(gas(), 2, buffer, 513, 0, 32))) {
                revert(0, 0)
            }
            hash := mload(0)
        }
    }

    /// @notice Root over the tiles of `data`; the last tile is as long as what is left.
    function byteRoot(bytes calldata data) internal view returns (bytes32) {
        unchecked {
            if (data.length - 1 < TILE_BYTES) return _taggedHash(0, data);
        }
        // The level's hashes start at `level`; every node is built in `buffer`, then hashed over its first child.
        uint256 buffer;
        uint256 count = 0;
        assembly ("memory-safe") {
            buffer := mload(0x40)
            let level := add(buffer, 1056)
            mstore8(buffer, 0)
            for {
                let offset := 0
            } lt(offset, data.length) {
                offset := add(offset, 1024)
            } {
                let size := sub(data.length, offset)
                if gt(size, 1024) {
                    size := 1024
                }
                calldatacopy(add(buffer, 1), add(data.offset, offset), size)
                let to := add(level, shl(5, count))
                if iszero(and(eq(returndatasize(), 32), staticcall(gas(), 2, buffer, add(size, 1), to, 32))) {
                    revert(0, 0)
                }
                count := add(count, 1)
            }
        }
        return _rootOver(buffer, count);
    }

    /// @notice The same root of bytes in memory.
    function byteRootOf(bytes memory data) internal view returns (bytes32) {
        uint256 buffer;
        uint256 count = 0;
        assembly ("memory-safe") {
            buffer := mload(0x40)
            let level := add(buffer, 1056)
            let length := mload(data)
            mstore8(buffer, 0)
            for {
                let offset := 0
            } lt(offset, length) {
                offset := add(offset, 1024)
            } {
                let size := sub(length, offset)
                if gt(size, 1024) {
                    size := 1024
                }
                mcopy(add(buffer, 1), add(add(data, 32), offset), size)
                let to := add(level, shl(5, count))
                if iszero(and(eq(returndatasize(), 32), staticcall(gas(), 2, buffer, add(size, 1), to, 32))) {
                    revert(0, 0)
                }
                count := add(count, 1)
            }
        }
        return _rootOver(buffer, count);
    }

    /// @notice The least d with 16^d >= `leaves`.
    function treeDepth(uint256 leaves) internal pure returns (uint256 depth) {
        if (leaves < 2) return 0;
        for (uint256 left = leaves - 1; left > 0; left >>= 4) ++depth;
    }

    /// @notice Folds `leaf` with its siblings, bottom to top, 15 a level in child order without the own position.
    function rootFromPath(
        bytes32 leaf,
        uint256 index,
        uint256 depth,
        bytes32[] calldata path
    ) internal view returns (bytes32 root) {
        require(path.length == 15 * depth, WrongPathLength(path.length, 15 * depth));
        require(index >> (4 * depth) == 0, LeafOutOfTree(index, depth));
        root = leaf;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore8(buffer, 1)
            let siblings := path.offset
            for {
                let level := 0
            } lt(level, depth) {
                level := add(level, 1)
            } {
                let before := shl(5, and(index, 15))
                calldatacopy(add(buffer, 1), siblings, before)
                mstore(add(add(buffer, 1), before), root)
                calldatacopy(add(add(buffer, 33), before), add(siblings, before), sub(480, before))
                if iszero(and(eq(returndatasize(), 32), staticcall(gas(), 2, buffer, 513, 0, 32))) {
                    revert(0, 0)
                }
                root := mload(0)
                siblings := add(siblings, 480)
                index := shr(4, index)
            }
        }
    }

    /// @dev Folds `count` hashes, which lie past the buffer, up to one.
    function _rootOver(uint256 buffer, uint256 count) private view returns (bytes32 root) {
        assembly ("memory-safe") {
            let level := add(buffer, 1056)
            mstore8(buffer, 1)
            for {} gt(count, 1) {} {
                let end := add(level, shl(5, count))
                calldatacopy(end, calldatasize(), 480) // zeros: the children that the last node lacks
                count := shr(4, add(count, 15))
                for {
                    let i := 0
                } lt(i, count) {
                    i := add(i, 1)
                } {
                    mcopy(add(buffer, 1), add(level, shl(9, i)), 512)
                    let to := add(level, shl(5, i))
                    if iszero(and(eq(returndatasize(), 32), staticcall(gas(), 2, buffer, 513, to, 32))) {
                        revert(0, 0)
                    }
                }
            }
            if count {
                root := mload(level)
            }
        }
    }

    function _taggedHash(uint256 tag, bytes calldata data) private view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore8(buffer, tag)
            calldatacopy(add(buffer, 1), data.offset, data.length)
            if iszero(
                and(eq(returndatasize(), 32), staticcall(gas(), 2, buffer, add(data.length, 1), 0, 32))
            ) {
                revert(0, 0)
            }
            hash := mload(0)
        }
    }
}
