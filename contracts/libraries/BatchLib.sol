// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../interfaces/IInferenceMarket.sol";
import {Answer, Request} from "../types/Market.sol";

/// @title The tree over the commitments of one batch, and cheap reading of its answers.
/// @dev Pairs are sorted before hashing, as OpenZeppelin's `MerkleProof` does, and an odd last node is carried up unchanged.
/// A leaf is the hash of ten words and a node of two, so no node is a leaf. The twin of sdk/protocol/batch.ts.
library BatchLib {
    /// @notice Room for `count` leaves.
    function newLevel(uint256 count) internal pure returns (uint256 level) {
        assembly ("memory-safe") {
            level := mload(0x40)
            mstore(0x40, add(level, shl(5, count)))
        }
    }

    function setLeaf(uint256 level, uint256 index, bytes32 leaf) internal pure {
        assembly ("memory-safe") {
            mstore(add(level, shl(5, index)), leaf)
        }
    }

    /// @notice The root over at least one leaf, built in place: `level` holds nothing of use afterwards.
    function root(uint256 level, uint256 count) internal pure returns (bytes32 top) {
        assembly ("memory-safe") {
            for {} gt(count, 1) {} {
                let to := level
                let end := add(level, shl(5, count))
                for {
                    let from := level
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
                count := shr(5, sub(to, level))
            }
            top := mload(level)
        }
    }

    /// @notice Emits `Committed`.
    function emitCommitted(
        bytes32 requestId,
        bytes32 commitId,
        uint256 passes,
        bytes calldata output
    ) internal {
        bytes32 selector = IInferenceMarket.Committed.selector;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let padded := and(add(output.length, 31), not(31))
            mstore(data, passes)
            mstore(add(data, 32), 64)
            mstore(add(data, 64), output.length)
            mstore(add(add(data, 64), padded), 0) // what the output leaves of its last word
            calldatacopy(add(data, 96), output.offset, output.length)
            log3(data, add(96, padded), selector, requestId, commitId)
        }
    }

    // Offsets and types are not checked below. Past the end of the calldata lie zeros, for every reader alike, and a request
    // with words that break their types has the id of no request.

    function answerAt(
        Answer[] calldata answers,
        uint256 index
    ) internal pure returns (Answer calldata answer) {
        assembly ("memory-safe") {
            answer := add(answers.offset, calldataload(add(answers.offset, shl(5, index))))
        }
    }

    function questionOf(
        Request calldata asked
    ) internal pure returns (bytes32 programId, bytes32 inputRoot, uint256 version) {
        assembly ("memory-safe") {
            programId := calldataload(add(asked, 64))
            inputRoot := calldataload(add(asked, 96))
            version := calldataload(add(asked, 192))
        }
    }

    function answerOf(Answer calldata answer) internal pure returns (uint256 passes, bytes calldata output) {
        assembly ("memory-safe") {
            passes := calldataload(add(answer, 384))
            let start := add(answer, calldataload(add(answer, 416)))
            output.length := calldataload(start)
            output.offset := add(start, 32)
        }
    }
}
