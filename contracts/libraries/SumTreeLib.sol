// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryProof, ReceiptProof, SumNode} from "../types/Receipt.sol";

/// @title The two trees of an epoch.
/// @dev The twin of sdk/protocol/sumTree.ts. Entries lie where the bits of their channel's id lead, the most significant
/// first, as near to the root as no other entry shares the way; so where the way ends shows what a channel has and that it
/// has nothing. Receipts lie below their entry in a binary tree by number, padded with empty nodes, whose nodes bind the sum
/// of what lies below them. Preimages of leaves and inner nodes differ in length.
library SumTreeLib {
    bytes32 internal constant ENTRY_DOMAIN = keccak256("assay.epoch.entry");
    bytes32 internal constant RECEIPT_DOMAIN = keccak256("assay.epoch.receipt");

    /// @notice Thrown when a path has another length than its tree demands.
    error WrongProofLength(uint256 given, uint256 required);

    /// @notice Thrown when the entry at the end of a path does not belong there.
    error EntryOffPath(bytes32 entry, bytes32 channelId);

    /// @notice The root to which the path of `channelId` leads from `proof.entry`, or from nothing where its id is zero.
    function entryRoot(bytes32 channelId, EntryProof calldata proof) internal pure returns (bytes32 root) {
        uint256 depth = proof.siblings.length;
        require(depth <= 256, WrongProofLength(depth, 256));
        bytes32 found = proof.entry.channelId;
        if (found != 0) {
            // Shifts of 256 bits give zero: at the root every id is at home.
            require((found ^ channelId) >> (256 - depth) == 0, EntryOffPath(found, channelId));
            root = keccak256(abi.encode(ENTRY_DOMAIN, proof.entry));
        }
        for (uint256 i = 0; i < depth; ++i) {
            bytes32 sibling = proof.siblings[i];
            bool right = (uint256(channelId) >> (256 - depth + i)) & 1 == 1;
            root = right ? _pair(sibling, root) : _pair(root, sibling);
        }
    }

    /// @notice The root and the sum to which a receipt leads from its number among `count`.
    function receiptRoot(
        bytes32 receiptId,
        uint96 liability,
        uint32 count,
        ReceiptProof calldata proof
    ) internal pure returns (bytes32 root, uint256 sum) {
        uint256 depth = depthOf(count);
        require(proof.siblings.length == depth, WrongProofLength(proof.siblings.length, depth));
        root = keccak256(abi.encode(RECEIPT_DOMAIN, receiptId, liability));
        sum = liability;
        for (uint256 i = 0; i < depth; ++i) {
            SumNode calldata sibling = proof.siblings[i];
            root =
                (proof.index >> i) & 1 == 1
                    ? keccak256(abi.encode(sibling.hash, sibling.sum, root, sum))
                    : keccak256(abi.encode(root, sum, sibling.hash, sibling.sum));
            // SAFETY: at most 33 numbers of 128 bits.
            unchecked {
                sum += sibling.sum;
            }
        }
    }

    /// @notice The least d with 2^d >= `count`.
    function depthOf(uint32 count) internal pure returns (uint256 depth) {
        while (uint256(1) << depth < count) ++depth;
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            hash := keccak256(0, 64)
        }
    }
}
