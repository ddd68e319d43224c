// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice How a result is verified, chosen per request.
enum Method {
    Optimistic,
    Cryptoeconomic,
    Zk
}

enum RequestStatus {
    None,
    Open,
    Claimed,
    InputMissing, // the worker asked for the input and the requester's clock runs
    Committed,
    Finalized,
    Slashed,
    Refunded,
    Expired,
    Cancelled
}

/// @notice How sure a reader wants to be of a result.
enum FinalityLevel {
    Provisional,
    Accepted,
    Final
}

/// @notice What is asked, and on what terms. `requestId` is its hash, so a request is never stored: whoever acts on one
/// brings it along, and the chain keeps only how far it has come.
struct Request {
    address requester;
    uint64 salt; // makes two equal questions two requests
    bytes32 programId;
    bytes32 inputRoot;
    bool inputPosted; // the input stands in the request's transaction; otherwise the requester keeps it retrievable
    uint96 fee; // stake-token units, escrowed
    uint16 version; // parameter version (tier) that governs the request for its whole life
    Method method;
    FinalityLevel level; // at which the consumer is called
    address worker; // the only worker that may claim, or zero for any
    address consumer; // contract called back, or zero
    uint32 callbackGas; // gas promised to each call of the consumer
}

/// @notice How far a request has come; one slot.
struct RequestState {
    address worker; // zero until claimed
    RequestStatus status;
    uint8 flags; // see `StateLib`
    uint40 deadline; // of the present status: claim by, commit by, post by, or challenge until; unix seconds
    uint40 batch; // number of the batch that holds the commitment; zero until committed
}

/// @notice What a worker answers.
struct Answer {
    Request request;
    uint32 passes;
    bytes output; // exactly as long as the program declares
}

/// @notice An answer as a batch holds it: what a commitment binds besides its request, and where it stands in the batch.
struct Leaf {
    uint32 passes;
    bytes32 outputRoot;
    bytes32[] proof; // siblings up to the batch's root; empty in a batch of one
}

/// @notice An ERC-2612 permit of the stake token for the vault; ignored where `deadline` is zero.
struct Permit {
    uint256 value;
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}
