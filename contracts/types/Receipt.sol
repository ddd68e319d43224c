// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice An answer given off the chain: a commitment signed with a session key and backed by one channel's allotment.
/// EIP-712 struct under the domain of `Channels`; `receiptId` is its typed data hash.
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

/// @notice A P-256 signature over SHA-256 of the receipt's id, with the session key that made it; `s` in the lower half.
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
    uint96 escrow; // left for vouchers, what is leaving included
    address worker;
    uint96 paid; // redeemed so far
    uint96 allotment; // locked stake behind receipts, what is leaving included
    uint96 reserved; // of the allotment, by receipts that were opened
    uint40 escrowFrom; // when the escrow that is leaving may be taken; unix seconds
    uint96 escrowLeaving;
    uint96 allotmentLeaving;
    uint40 allotmentFrom;
    uint96 owed; // of the allotment: forfeited, but still reserved
    uint96 slashed; // lost since the last unbonding delay without a loss
    uint40 slashedAt;
}

/// @notice What one worker posted for one epoch.
struct Epoch {
    bytes32 root; // over the entries of its channels, keyed by `channelId`
    uint40 postedAt; // zero until posted
    uint32 count; // receipts in all channels, as the worker says
}

/// @notice One channel in an epoch's tree.
struct Entry {
    bytes32 channelId;
    bytes32 receiptsRoot; // Merkle-sum tree over the channel's receipts of the epoch
    uint128 sum; // of their liabilities
    uint32 count; // of receipts
}

/// @notice A node of a channel's Merkle-sum tree.
struct SumNode {
    bytes32 hash;
    uint128 sum;
}

/// @notice Where the path of a channel's id ends in an epoch's tree: at its own entry, at another channel's, or at none
/// (all zero).
struct EntryProof {
    Entry entry;
    bytes32[] siblings; // bottom to top
}

/// @notice The place of a receipt among the receipts of its channel.
struct ReceiptProof {
    uint32 index;
    SumNode[] siblings; // bottom to top
}

enum DemandStatus {
    None,
    Open,
    Answered,
    Unanswered
}

/// @notice A bonded question to a worker about one of its epochs.
struct Demand {
    address by;
    uint40 deadline; // of the answer; unix seconds
    uint16 version; // whose bond and clock it has
    DemandStatus status;
    bool late; // the root was missing or late: the bond comes back in any case
}
