// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice An answer given off the chain: a commitment signed with a session key and backed by one channel's allotment.
/// EIP-712 struct under the domain of `Channels`; `receiptId` is its struct hash under that domain.
struct Receipt {
    bytes32 channelId;
    uint64 session; // of the worker's process; each start opens a new one
    uint64 sequence; // within the session
    bytes32 programId;
    bytes32 inputRoot;
    bytes32 outputRoot;
    uint32 passes;
    uint16 version;
    bool isPrivate; // only the payer, and auditors to whom it hands the input, can check it
    uint96 fee;
    uint96 liability; // stake-token units of the channel's allotment behind this receipt
    uint64 issuedAt;
    uint64 challengeUntil; // at most `receiptSeconds` after `issuedAt`
    bytes32 previous; // the receipt that this one resumes, or zero
}

/// @notice A P-256 signature with the session key that made it.
struct SessionSignature {
    bytes32 r;
    bytes32 s;
    bytes32 x;
    bytes32 y;
}

/// @notice A cumulative promise of payment, signed by the payer (EIP-712, EIP-1271 for contracts).
struct Voucher {
    bytes32 channelId;
    uint96 total; // everything owed on the channel so far
}

/// @notice One payer's escrow for fees and one worker's allotment for liability, exclusive to each other.
struct Channel {
    address payer;
    uint96 escrow; // left for vouchers
    address worker;
    uint96 paid; // redeemed so far
    uint96 allotment; // locked stake behind receipts
    uint96 reserved; // of the allotment, by receipts that were opened
    uint40 escrowFrom; // when a requested return of escrow may be taken; zero = none
    uint96 escrowLeaving;
    uint96 allotmentLeaving;
    uint40 allotmentFrom;
}
