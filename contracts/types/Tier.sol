// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One parameter version. Every request names one and keeps it for life. Times in seconds, amounts in
/// stake-token units, shares in basis points.
struct Tier {
    bytes32 name;
    // Request
    uint32 claimSeconds; // an open request may be claimed this long
    uint32 deliverySeconds; // a claimed request must be committed this long after the claim
    uint32 windowSeconds; // W: challenge window
    // Dispute
    uint32 workerSeconds; // C_w
    uint32 challengerSeconds; // C_c
    uint32 floorSeconds; // E: least time a side has after a move of the other
    uint32 airgapSeconds; // A: from slash to settlement
    uint32 inputSeconds; // T_in: input clock + re-execution + inclusion
    uint8 maxTraceDepth; // g at most
    uint8 maxTensorDepth; // h at most
    // Money
    uint96 minLock; // least stake at risk per commitment
    uint16 lockPerFee; // lock is at least this many times the fee
    uint96 minFee;
    uint96 challengeBond;
    uint96 publisherBond;
    uint16 deliveryPenaltyBps; // of the lock, paid to the requester for a missed delivery
    uint64 gasPrice; // reference price of one unit of gas in stake-token units
}
