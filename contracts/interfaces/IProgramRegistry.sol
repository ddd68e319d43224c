// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Program, ProgramHeader} from "../types/Program.sol";
import {Claim} from "../types/Trace.sol";

/// @title Registered programs. Append-only; nobody owns an entry.
/// @notice Publishing takes a bond. A descriptor that breaks a rule retires the program, costs the bond, and turns every
/// open commitment on it into a refund.
interface IProgramRegistry {
    /// @notice Evidence that one descriptor breaks a rule by itself (`producer` empty) or disagrees with the producer of
    /// one of its operands.
    struct MalformedProof {
        uint32 index;
        bytes descriptor;
        bytes32[] path;
        uint8 operand;
        bytes producer;
        bytes32[] producerPath;
    }

    /// @notice Thrown when a program is not registered or is retired.
    error ProgramNotActive(bytes32 programId);

    /// @notice Thrown when a header field is outside what the operator set allows.
    error InvalidHeader(bytes32 field, uint256 given, uint256 bound);

    /// @notice Thrown when the evidence shows no broken rule.
    error DescriptorWellFormed(bytes32 programId, uint32 index);

    /// @notice Thrown when the bond is not yet free, or is gone.
    error BondNotReclaimable(bytes32 programId, uint64 reclaimableAt);

    /// @param uri Where the program and its manifest may be fetched; a hint, hashed into nothing.
    event ProgramRegistered(
        bytes32 indexed programId,
        address indexed publisher,
        ProgramHeader header,
        bytes32 programRoot,
        bytes32 descriptorsRoot,
        bytes32 constantsRoot,
        bytes32 manifestHash,
        string uri
    );
    /// @notice A program was proven malformed: `reward` went to the prover, `burned` to nobody.
    event ProgramRetired(bytes32 indexed programId, address indexed prover, uint256 reward, uint256 burned);
    event PublisherBondReclaimed(bytes32 indexed programId, address indexed publisher, uint256 amount);

    /// @notice Registers a program; idempotent. The first registrant pays the bond and gains no right over the entry.
    function register(
        ProgramHeader calldata header,
        bytes32 descriptorsRoot,
        bytes32 constantsRoot,
        bytes32 manifestHash,
        string calldata uri
    ) external returns (bytes32 programId);

    /// @notice Retires a program with a malformed descriptor. Half of the bond is credited to the caller, half burned.
    /// @dev Without a bond (it was reclaimed) the program is retired all the same.
    function proveMalformed(bytes32 programId, MalformedProof calldata proof) external;

    /// @notice Credits the bond to the publisher once the time to prove malformation has passed. Anyone.
    function reclaimBond(bytes32 programId) external;

    function program(bytes32 programId) external view returns (Program memory);
    function header(bytes32 programId) external view returns (ProgramHeader memory);

    /// @notice The header of a program that new work may be asked of; reverts where it is not active.
    function activeHeader(bytes32 programId) external view returns (ProgramHeader memory);
    function isActive(bytes32 programId) external view returns (bool);

    /// @notice What the judge is asked about a run of a program; `traceRoot` is left zero.
    function claimOf(
        bytes32 programId,
        bytes32 inputRoot,
        uint32 passes
    ) external view returns (Claim memory);

    /// @notice Depth of the trace tree and of the deepest tensor tree.
    function depths(bytes32 programId) external view returns (uint8 traceDepth, uint8 tensorDepth);
}
