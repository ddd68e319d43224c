// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

enum InputStatus {
    None,
    Open,
    Shown, // every byte was posted in time
    Missed, // nobody posted it: the claim was forfeited, or the commitment slashed
    Void // what it was asked for ended otherwise; the bond is back
}

/// @notice An input that somebody asked to see on the chain, under the id of the claimed request or of the commitment.
struct InputRequest {
    address asker;
    uint96 bond; // stake-token units
    bytes32 inputRoot;
    address source; // of the commitment; zero where a claimed request waits
    uint40 deadline; // of the last chunk; unix seconds
    InputStatus status;
    uint16 posted; // chunks so far
    uint32 inputBytes; // of the whole input
}
