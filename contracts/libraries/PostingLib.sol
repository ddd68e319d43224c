// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "./GeometryLib.sol";
import {MerkleLib} from "./MerkleLib.sol";
import {SplitLib} from "./SplitLib.sol";

/// @title Inputs on the chain, chunk by chunk: what opens to an input's root, and what posting costs.
/// @dev A chunk is 16 tiles, one node of the tree's second level. An input within `MAX_BYTES` is posted in 256 chunks, less
/// than a tenth of what ten minutes of blocks hold, so nobody is asked for what it cannot show in time.
library PostingLib {
    uint256 internal constant CHUNK_TILES = MerkleLib.ARITY;
    uint256 internal constant CHUNK_BYTES = CHUNK_TILES * MerkleLib.TILE_BYTES;
    uint256 internal constant MAX_BYTES = 4 * 1024 * 1024;

    // What posting costs at most, in gas; measured, a test holds the contracts to it
    uint256 internal constant BYTE_GAS = 40; // the floor price of calldata
    uint256 internal constant CHUNK_GAS = 60_000; // a chunk's transaction, besides its bytes
    uint256 internal constant END_GAS = 80_000; // what the last chunk moves

    function chunkCount(uint256 inputBytes) internal pure returns (uint256) {
        return (inputBytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
    }

    /// @notice The bond whose part for the poster's side pays for posting an input of so many bytes at `gasPrice`.
    /// @dev INVARIANT (S-09, S-13): asking costs whoever asks without need all of it, posting included; the burned part is the
    /// price of the delay.
    function bond(uint256 inputBytes, uint64 gasPrice) internal pure returns (uint96) {
        uint256 gas = END_GAS + chunkCount(inputBytes) * CHUNK_GAS + inputBytes * BYTE_GAS;
        uint256 share = SplitLib.WORKER_BOND_BPS;
        // SAFETY: at most 2^28 units of gas at a price below 2^64.
        return uint96((gas * gasPrice * SplitLib.BPS + share - 1) / share);
    }

    /// @notice The root that a chunk opens to.
    /// @param number Of the chunk, from zero.
    /// @param path All siblings from the chunk's own root up.
    function rootOf(
        bytes calldata chunk,
        uint256 number,
        uint256 inputBytes,
        bytes32[] calldata path
    ) internal view returns (bytes32) {
        uint256 level = MerkleLib.treeDepth(GeometryLib.tileCount(chunk.length));
        uint256 index = (number * CHUNK_TILES) >> (4 * level);
        return MerkleLib.rootFromPath(MerkleLib.byteRoot(chunk), index, depth(inputBytes) - level, path);
    }

    /// @notice How many siblings prove a chunk of so many bytes.
    function pathLength(uint256 chunkBytes, uint256 inputBytes) internal pure returns (uint256) {
        return 15 * (depth(inputBytes) - MerkleLib.treeDepth(GeometryLib.tileCount(chunkBytes)));
    }

    /// @notice Whether the tree holds nothing to the right of its last chunk, as the tree of those bytes does.
    function endsWith(
        uint256 chunkBytes,
        uint256 number,
        bytes32[] calldata path
    ) internal pure returns (bool) {
        uint256 level = MerkleLib.treeDepth(GeometryLib.tileCount(chunkBytes));
        uint256 index = (number * CHUNK_TILES) >> (4 * level);
        for (uint256 row = 0; row < path.length; row += 15) {
            for (uint256 sibling = index & 15; sibling < 15; ++sibling) {
                if (path[row + sibling] != MerkleLib.EMPTY) return false;
            }
            index >>= 4;
        }
        return true;
    }

    function depth(uint256 inputBytes) internal pure returns (uint256) {
        return MerkleLib.treeDepth(GeometryLib.tileCount(inputBytes));
    }
}
