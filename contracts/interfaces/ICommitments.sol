// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitment, CommitmentStatus, Terms} from "../types/Commitment.sol";
import {Claim} from "../types/Trace.sol";

/// @title A source of commitments: the market's published answers, or the channels' receipts.
/// @notice A commitment is a hash until something is held against it; then its opening is recorded, once. Modules (the
/// dispute game, input requests, equivocation) hold, release and slash; everything else anybody may call.
interface ICommitments {
    /// @notice Thrown when a commitment cannot be held or slashed: unknown, ended, or its opening is wrong.
    error NotDisputable(bytes32 commitId);

    /// @notice Thrown when a commitment's window has closed.
    error WindowClosed(bytes32 commitId, uint64 challengeUntil);

    /// @notice Thrown when a commitment still has open disputes or input requests.
    error CommitmentHeld(bytes32 commitId, uint32 holds);

    /// @notice Thrown when a slash was distributed already.
    error AlreadySettled(bytes32 commitId);

    /// @notice Thrown when the caller is none of the modules.
    error NotModuleOfSource(address caller);

    /// @notice Thrown when modules are named a second time, or by another than the deployer.
    error SourceModulesAlreadySet();

    /// @notice Thrown when a commitment is not in the status that the call needs.
    error WrongCommitmentStatus(bytes32 commitId, CommitmentStatus status, CommitmentStatus required);

    /// @notice Thrown when a call comes from another than the guardian that the deployment chose.
    error NotGuardian(address caller);

    /// @notice Thrown when a commitment's window is still open.
    error WindowOpen(bytes32 commitId, uint64 challengeUntil);

    /// @notice Thrown when a slash is to be distributed while its airgap still runs.
    error AirgapRunning(bytes32 commitId, uint64 airgapUntil);

    /// @notice Thrown when a slash is to be flipped after its airgap.
    error AirgapOver(bytes32 commitId, uint64 airgapUntil);

    event SourceModulesSet(address game, address inputRequests, address equivocation, address epochs);

    /// @notice A commitment was recorded from its opening.
    event CommitmentRecorded(
        bytes32 indexed commitId,
        bytes32 indexed subject,
        address indexed worker,
        uint96 lock,
        uint64 challengeUntil
    );
    /// @notice The window of a commitment moved because its input was asked for and shown.
    event WindowExtended(bytes32 indexed commitId, uint64 challengeUntil);
    /// @notice A commitment was proven wrong or missed a clock. `amount` left the worker's stake.
    event CommitmentSlashed(
        bytes32 indexed subject,
        bytes32 indexed commitId,
        address indexed worker,
        uint96 amount,
        address reporter
    );
    /// @notice A slash was distributed. What the gas pot does not need is burned by the game.
    event SlashSettled(
        bytes32 indexed commitId,
        uint96 reporterReward,
        uint96 gasPot,
        uint96 compensation,
        uint96 audit,
        uint96 burned
    );
    /// @notice The guardian turned a slash into a refund inside the airgap.
    event FlippedToRefund(bytes32 indexed commitId, address indexed worker, uint96 lock);

    /// @notice Names the modules. The deployer's, once; `epochs` is zero for the market.
    function setModules(address game, address inputRequests, address equivocation, address epochs) external;

    /// @notice Holds a commitment open, recording it from `opening` if that was not done. Modules only.
    /// @param opening What the source needs to recognise the commitment; ignored once it is recorded.
    /// @param by The account on whose behalf the module acts.
    /// @return version The parameter version that governs it.
    /// @return challengeUntil The end of its window, which the module holds its caller to.
    function hold(
        bytes32 commitId,
        bytes calldata opening,
        address by
    ) external returns (uint16 version, uint64 challengeUntil);

    /// @notice Ends one hold. Modules only.
    function release(bytes32 commitId) external;

    /// @notice Moves the end of the window to `until` if that is later. Modules only.
    function extend(bytes32 commitId, uint64 until) external;

    /// @notice Slashes for a proven fault or a missed clock; refunds instead if the program was retired. Modules only.
    /// @dev The reporter is the earliest challenger that has not lost, else `reporter`.
    /// @return slashed False where it was refunded.
    function slash(bytes32 commitId, address reporter) external returns (bool slashed);

    /// @notice Distributes a slash after the airgap. Anyone.
    function settle(bytes32 commitId) external;

    /// @notice Turns a slash into a refund inside the airgap. The guardian, where the deployment chose one.
    function flipToRefund(bytes32 commitId) external;

    // Views

    /// @notice What an opening proves that its worker stands for, recorded or not. Reverts where it proves nothing.
    function proven(bytes calldata opening) external view returns (bytes32 commitId, Terms memory terms);

    function getCommitment(bytes32 commitId) external view returns (Commitment memory);

    /// @notice Who stands for a recorded commitment, and under which parameter version.
    function termsOf(bytes32 commitId) external view returns (address worker, uint16 version);

    /// @notice What was answered on a recorded commitment.
    function outputRootOf(bytes32 commitId) external view returns (bytes32);

    /// @notice What the judge is asked about a recorded commitment; `traceRoot` is left zero.
    function claimOf(bytes32 commitId) external view returns (Claim memory);
}
