// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NodeKind, Position} from "./Trace.sol";

enum DisputeStatus {
    None,
    Open,
    Won, // this dispute's proof or timeout slashed the commitment
    Lost,
    Void // the commitment ended by another dispute or by a refund; the bond is back
}

/// @notice One challenger's descent into one commitment. Whose turn it is, is derived from the clocks, never stored.
struct Dispute {
    bytes32 commitId;
    address challenger;
    DisputeStatus status;
    uint32 serial;
    uint64 lastMoveAt; // of the challenger; unix seconds
    uint32 workerSeconds; // left on each clock
    uint32 challengerSeconds;
    Position position;
    bool rooted; // false until the challenger has chosen a node below a committed root
    bytes32 node;
    uint96 bond;
    uint32 gasOwed; // capped gas of the challenger's moves so far, see `MoveGasLib`
    uint32 previous; // serial + 1 of the neighbours in opening order among disputes not lost; zero = none
    uint32 next;
}

/// @notice What the worker is bound to, and the books of all disputes on one commitment.
struct Binding {
    bytes32 traceRoot;
    uint64 boundAt; // zero until bound
    uint32 disputes; // opened so far
    uint32 first; // serial + 1 of the earliest dispute not lost
    uint32 last;
    uint64 gasOwed; // over disputes not lost
}

/// @notice What was shown on-chain about one node of a commitment's trees.
struct Reveal {
    NodeKind kind;
    uint64 revealedAt;
}
