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

/// @notice What a requester asks for.
struct RequestParams {
    bytes32 programId;
    bytes input; // the input bytes of the program, posted with the request so that the world can check
    uint96 fee; // stake-token units, escrowed
    uint16 version; // parameter version (tier) that governs the request for its whole life
    Method method;
    address worker; // the only worker that may claim, or zero for any
    address consumer; // contract called back after finality, or zero
    uint32 callbackGas; // gas promised to the consumer
}

struct Request {
    address requester;
    RequestStatus status;
    Method method;
    uint16 version;
    uint64 deadline; // of the present status: claim by, commit by, or challenge until; unix seconds
    address worker;
    uint96 fee;
    address consumer;
    uint32 callbackGas;
    bool delivered;
    bytes32 programId;
    bytes32 inputRoot;
    bytes32 commitId;
}

struct Commitment {
    bytes32 requestId;
    bytes32 outputRoot;
    address worker;
    uint96 lock; // stake-token units at risk for this commitment alone
    uint32 passes;
    uint32 openDisputes;
    uint64 committedAt;
    uint64 slashedAt; // zero while not slashed
    bool settled;
}
