// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Equivocation: two different answers of one worker to one question slash at once.
/// @notice Programs are deterministic, so two commitments to the same program, input and number of passes have the same
/// output. Receipts and published answers count alike. Prefixes of one stream, stages and resumed segments differ in input,
/// program or passes, and a nonce is never a fault.
interface IEquivocation {
    /// @notice Thrown when an address is neither of the two sources of commitments.
    error UnknownSource(address source);

    /// @notice Thrown when two openings do not contradict each other.
    error NotEquivocation(bytes32 first, bytes32 second);

    /// @notice Thrown when neither commitment can be slashed any more.
    error NothingToSlash(bytes32 first, bytes32 second);

    /// @notice A worker was shown to stand for two different answers.
    event Equivocated(
        address indexed worker,
        bytes32 indexed first,
        bytes32 indexed second,
        bool firstSlashed,
        bool secondSlashed
    );

    /// @notice Slashes each of two contradicting commitments that has not ended. Anyone; needs neither bond nor game. The
    /// reporter is the earliest challenger that has not lost, else the caller.
    /// @param firstSource The source of the first: the market or the channels.
    /// @param firstOpening What that source needs to recognise it.
    function expose(
        address firstSource,
        bytes calldata firstOpening,
        address secondSource,
        bytes calldata secondOpening
    ) external;
}
