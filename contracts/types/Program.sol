// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a program is made of, hashed into `programRoot`. Encoded packed, big-endian, in this order.
struct ProgramHeader {
    uint16 operatorSet;
    uint32 slots; // tensors that one pass produces, one descriptor each
    uint32 constants;
    uint32 maxPasses;
    uint32 inputBytes;
    uint32 outputBytes;
    uint8 tensorDepth; // deepest tensor tree of any slot or of the output
}

enum ProgramStatus {
    Unknown,
    Active,
    Retired
}

/// @notice A registered program as the chain knows it.
struct Program {
    ProgramHeader header;
    ProgramStatus status;
    address publisher;
    uint64 registeredAt;
    uint128 bond; // stake-token units still held for `proveMalformed`
    bytes32 descriptorsRoot;
    bytes32 constantsRoot;
    bytes32 manifestHash;
}
