// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Commitment.sol";
import {Request} from "../types/Market.sol";
import {ProgramHeader} from "../types/Program.sol";

/// @title Roots and identifiers of programs, requests, commitments and disputes.
/// @dev The twin of sdk/protocol/ids.ts.
library IdLib {
    bytes32 internal constant PROGRAM_DOMAIN = keccak256("assay.program");
    bytes32 internal constant REQUEST_DOMAIN = keccak256("assay.request");
    bytes32 internal constant COMMITMENT_DOMAIN = keccak256("assay.commitment");
    bytes32 internal constant DISPUTE_DOMAIN = keccak256("assay.dispute");

    /// @notice The SHA-256 root of a program's meaning.
    function programRoot(
        ProgramHeader memory header,
        bytes32 descriptorsRoot,
        bytes32 constantsRoot
    ) internal pure returns (bytes32) {
        bytes memory packed = abi.encodePacked(
            uint8(3),
            header.operatorSet,
            header.slots,
            header.constants,
            header.maxPasses,
            header.inputBytes,
            header.outputBytes,
            header.tensorDepth
        );
        return sha256(abi.encodePacked(packed, descriptorsRoot, constantsRoot));
    }

    function programId(
        uint16 operatorSet,
        bytes32 root,
        bytes32 manifestHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(PROGRAM_DOMAIN, operatorSet, root, manifestHash));
    }

    /// @notice A request is its own id, under its chain and market.
    /// @dev The hash of `abi.encode(REQUEST_DOMAIN, block.chainid, market, asked)` over the words as they came. Words that
    /// break their types hash to the id of no request: one is only ever made from fields that were read.
    function requestId(address market, Request calldata asked) internal view returns (bytes32 id) {
        bytes32 domain = REQUEST_DOMAIN;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, domain)
            mstore(add(buffer, 32), chainid())
            mstore(add(buffer, 64), market)
            calldatacopy(add(buffer, 96), asked, 384)
            id := keccak256(buffer, 480)
        }
    }

    /// @notice The hash of `abi.encode(COMMITMENT_DOMAIN, block.chainid, source, terms)`.
    /// @param source The market, or the channels.
    function commitId(address source, Terms memory terms) internal view returns (bytes32 id) {
        bytes32 domain = COMMITMENT_DOMAIN;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, domain)
            mstore(add(buffer, 32), chainid())
            mstore(add(buffer, 64), source)
            mcopy(add(buffer, 96), terms, 224)
            id := keccak256(buffer, 320)
        }
    }

    // For loops: preimages that stay in memory, where only what changes is written

    /// @notice Room for the preimages of requests.
    function newPreimage(address market) internal view returns (uint256 buffer) {
        bytes32 domain = REQUEST_DOMAIN;
        assembly ("memory-safe") {
            buffer := mload(0x40)
            mstore(buffer, domain)
            mstore(add(buffer, 32), chainid())
            mstore(add(buffer, 64), market)
            mstore(0x40, add(buffer, 480))
        }
    }

    function requestIdIn(uint256 buffer, Request calldata asked) internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            calldatacopy(add(buffer, 96), asked, 384)
            id := keccak256(buffer, 480)
        }
    }

    /// @notice Terms that lie in the preimage of their own id.
    function newTerms(address source) internal view returns (Terms memory terms) {
        bytes32 domain = COMMITMENT_DOMAIN;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, domain)
            mstore(add(buffer, 32), chainid())
            mstore(add(buffer, 64), source)
            terms := add(buffer, 96)
            calldatacopy(terms, calldatasize(), 224) // zeros
            mstore(0x40, add(buffer, 320))
        }
    }

    /// @notice The id of terms that `newTerms` made.
    function commitIdIn(Terms memory terms) internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            id := keccak256(sub(terms, 96), 320)
        }
    }

    function disputeId(
        bytes32 commitment,
        address challenger,
        uint32 serial
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(DISPUTE_DOMAIN, commitment, challenger, serial));
    }
}
