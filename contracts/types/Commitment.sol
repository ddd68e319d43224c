// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

enum CommitmentStatus {
    None, // not recorded: nobody has disputed it yet
    Open,
    Finalized,
    Slashed,
    Refunded
}

/// @notice What a worker stands for. `commitId` is its hash under the source that recorded it.
struct Terms {
    bytes32 subject; // the request's id, or the receipt's
    bytes32 programId;
    bytes32 inputRoot;
    bytes32 outputRoot;
    uint32 passes;
    address worker;
    uint16 version;
}

/// @notice A commitment that was recorded because something was held against it. Others exist as hashes only.
struct Commitment {
    Terms terms;
    address beneficiary; // who paid for the inference
    uint96 fee;
    uint96 lock; // stake-token units at risk for this commitment alone; what was slashed, once it is
    uint40 challengeUntil; // unix seconds
    uint40 slashedAt; // zero while not slashed
    uint32 holds; // open disputes and input requests
    CommitmentStatus status;
    bool inputPosted;
    bool settled;
    address reporter; // zero while not slashed
}
