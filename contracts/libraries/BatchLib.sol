// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The tree over the commitments of one batch.
/// @dev Pairs are sorted before hashing, as OpenZeppelin's `MerkleProof` does, and an odd last node is carried up unchanged.
/// A leaf is the hash of ten words and a node of two, so no node is a leaf. The twin of sdk/protocol/batch.ts.
library BatchLib {
    /// @notice The root over at least one leaf, built in place: `level` holds nothing of use afterwards.
    function root(bytes32[] memory level) internal pure returns (bytes32 top) {
        assembly ("memory-safe") {
            let count := mload(level)
            let start := add(level, 32)
            for {} gt(count, 1) {} {
                let to := start
                let end := add(start, shl(5, count))
                for {
                    let from := start
                } lt(from, end) {
                    from := add(from, 64)
                } {
                    let first := mload(from)
                    if lt(add(from, 32), end) {
                        let second := mload(add(from, 32))
                        switch lt(first, second)
                        case 1 {
                            mstore(0, first)
                            mstore(32, second)
                        }
                        default {
                            mstore(0, second)
                            mstore(32, first)
                        }
                        first := keccak256(0, 64)
                    }
                    mstore(to, first)
                    to := add(to, 32)
                }
                count := shr(5, sub(to, start))
            }
            top := mload(start)
        }
    }
}
