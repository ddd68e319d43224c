// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One parameter version. Every request and receipt names one and keeps it for life. Times in seconds, amounts in
/// stake-token units, shares in basis points.
/// @dev What is read together lies in one slot: every step of a request reads the second, a request or a challenge the third,
/// disputes and inputs the fourth.
struct Tier {
    bytes32 name;
    // Work
    uint96 minLock; // least stake at risk per commitment
    uint16 lockPerFee; // lock is at least this many times the fee
    uint16 deliveryPenaltyBps; // of the lock, paid to the requester for a missed delivery
    uint32 claimSeconds; // an open request may be claimed this long
    uint32 deliverySeconds; // a claimed request must be committed this long after the claim
    uint32 windowSeconds; // W: challenge window
    uint8 maxTraceDepth; // g at most
    uint8 maxTensorDepth; // h at most
    // Prices
    uint96 minFee;
    uint96 challengeBond;
    uint64 gasPrice; // reference price of one unit of gas in stake-token units
    // Disputes
    uint32 workerSeconds; // C_w
    uint32 challengerSeconds; // C_c
    uint32 floorSeconds; // E: least time a side has after a move of the other
    uint32 airgapSeconds; // A: from slash to settlement
    uint32 inputSeconds; // an input asked for must be posted this long after
    uint32 recheckSeconds; // re-execution and inclusion after an input was posted
    uint32 receiptSeconds; // W_r: a receipt may be disputed this long after it was issued
    // Publishing
    uint96 publisherBond;
}
