// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProgramHeader} from "../types/Program.sol";

/// @title Roots and identifiers of programs, requests, commitments and disputes.
/// @dev The twin of sdk/protocol/ids.ts.
library IdLib {
    bytes32 internal constant PROGRAM_DOMAIN = keccak256("assay.program");
    bytes32 internal constant REQUEST_DOMAIN = keccak256("assay.request");
    bytes32 internal constant COMMITMENT_DOMAIN = keccak256("assay.commitment");
    bytes32 internal constant DISPUTE_DOMAIN = keccak256("assay.dispute");

    /// @notice What a request asks. A claim or commit that a re-organisation carries over names the same question or none.
    struct RequestParts {
        address requester;
        uint256 nonce;
        bytes32 programId;
        bytes32 inputRoot;
        uint96 fee;
        uint16 version;
        uint8 method;
    }

    /// @notice Everything that a commitment binds besides the chain and the market.
    struct CommitmentParts {
        bytes32 requestId;
        bytes32 programId;
        bytes32 inputRoot;
        bytes32 outputRoot;
        uint32 passes;
        address worker;
        uint16 version;
    }

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

    function requestId(address market, RequestParts memory parts) internal view returns (bytes32) {
        return keccak256(abi.encode(REQUEST_DOMAIN, block.chainid, market, parts));
    }

    function commitId(address market, CommitmentParts memory parts) internal view returns (bytes32) {
        return keccak256(abi.encode(COMMITMENT_DOMAIN, block.chainid, market, parts));
    }

    function disputeId(
        bytes32 commitment,
        address challenger,
        uint32 serial
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(DISPUTE_DOMAIN, commitment, challenger, serial));
    }
}
