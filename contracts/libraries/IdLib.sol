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
    function requestId(address market, Request calldata asked) internal view returns (bytes32) {
        return keccak256(abi.encode(REQUEST_DOMAIN, block.chainid, market, asked));
    }

    /// @param source The market, or the channels.
    function commitId(address source, Terms memory terms) internal view returns (bytes32) {
        return keccak256(abi.encode(COMMITMENT_DOMAIN, block.chainid, source, terms));
    }

    function disputeId(
        bytes32 commitment,
        address challenger,
        uint32 serial
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(DISPUTE_DOMAIN, commitment, challenger, serial));
    }
}
