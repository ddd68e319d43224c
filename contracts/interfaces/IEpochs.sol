// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Demand, EntryProof, Epoch, Receipt, ReceiptProof, SessionSignature} from "../types/Receipt.sol";

/// @title Epochs: one root a worker, tier and epoch over every receipt that it signed, and the questions that hold it to it.
/// @notice An epoch is a quarter of the tier's `receiptSeconds`; a receipt belongs to the epoch of its `issuedAt`. Whoever
/// holds a receipt asks for its inclusion; whoever wants to check a channel asks for its receipts by number. A question has
/// a bond and a clock: answered, 60 % of the bond goes to the worker and 40 % is burned, or all comes back where the root was
/// late; unanswered, it comes back and the worker is slashed. A sum above the channel's allotment costs the whole allotment.
/// @dev Amounts are stake-token units, times unix seconds. A call at a deadline is in time.
interface IEpochs {
    /// @notice Thrown when the caller lacks the role it needs for `account`.
    error NotAuthorized(address caller, address account);

    /// @notice Thrown when an epoch is posted before it is over.
    error EpochNotOver(uint64 epoch, uint64 endsAt);

    /// @notice Thrown when an epoch was posted before.
    error EpochAlreadyPosted(address worker, uint16 version, uint64 epoch);

    /// @notice Thrown when an epoch was not posted.
    error EpochNotPosted(address worker, uint16 version, uint64 epoch);

    /// @notice Thrown when an epoch has no root or no receipts.
    error EmptyEpoch();

    /// @notice Thrown when a worker still has time to post the epoch, or none of its receipts can be challenged any more.
    error NotDemandable(uint64 from, uint64 until);

    /// @notice Thrown when the same was demanded before.
    error AlreadyDemanded(bytes32 demandId);

    /// @notice Thrown when a demand is not open.
    error DemandNotOpen(bytes32 demandId);

    /// @notice Thrown when an answer comes too late.
    error AnswerTooLate(bytes32 demandId, uint40 deadline);

    /// @notice Thrown when an answer may still come.
    error AnswerPending(bytes32 demandId, uint40 deadline);

    /// @notice Thrown when an entry does not lie in the epoch's tree on the path of the channel's id.
    error WrongEntry(bytes32 computed, bytes32 root);

    /// @notice Thrown when an entry is another channel's than the answer needs, or a channel has the receipt after all.
    error WrongChannel(bytes32 given, bytes32 required);

    /// @notice Thrown when a receipt's place does not lead to the channel's root and sum.
    error WrongReceipt(bytes32 computed, uint256 computedSum, bytes32 root, uint256 sum);

    /// @notice Thrown when a receipt's number is not below its channel's count.
    error IndexOutOfRange(uint32 index, uint32 count);

    /// @notice Thrown when a shown receipt is not the worker's, the channel's or the epoch's.
    error ReceiptMisplaced(bytes32 commitId);

    /// @notice Thrown when a channel's sum is covered by its allotment.
    error NotOverCommitted(bytes32 channelId, uint256 sum, uint256 allotment);

    /// @notice Thrown when a fault of an epoch was charged before.
    error AlreadyCharged(bytes32 channelId, uint64 epoch);

    event EpochPosted(
        address indexed worker,
        uint16 indexed version,
        uint64 indexed epoch,
        bytes32 root,
        uint32 count
    );
    event InclusionDemanded(
        bytes32 indexed demandId,
        address indexed worker,
        address indexed by,
        Receipt receipt,
        uint96 bond,
        uint40 deadline
    );
    event ReceiptDemanded(
        bytes32 indexed demandId,
        address indexed worker,
        bytes32 indexed channelId,
        address by,
        uint16 version,
        uint64 epoch,
        uint32 index,
        uint96 bond,
        uint40 deadline
    );
    event DemandAnswered(bytes32 indexed demandId, address indexed worker);
    /// @notice A receipt that was asked for by number, with the signature that makes it good for a dispute.
    event ReceiptShown(
        bytes32 indexed demandId,
        bytes32 indexed channelId,
        Receipt receipt,
        SessionSignature signature
    );
    event DemandUnanswered(bytes32 indexed demandId, address indexed worker, address indexed by);
    event OverCommitted(
        address indexed worker,
        bytes32 indexed channelId,
        uint16 version,
        uint64 epoch,
        uint128 sum,
        uint256 allotment,
        address reporter
    );

    /// @notice Posts the root over all receipts of `version` that `worker` issued in `epoch`, once, after it is over. Caller:
    /// the worker or its operator key.
    /// @dev Warning: a receipt that is left out costs its liability, one that cannot be shown costs its channel's allotment.
    function postEpoch(address worker, uint16 version, uint64 epoch, bytes32 root, uint32 count) external;

    /// @notice Asks where a receipt lies in its epoch. The receipt is held meanwhile. From one epoch after its own until its
    /// challenge time ends. Caller: anyone with a bond.
    /// @param input The program's input, or empty.
    function demandInclusion(
        Receipt calldata receipt,
        SessionSignature calldata signature,
        bytes calldata input
    ) external returns (bytes32 demandId);

    /// @notice Answers `demandInclusion`. Anyone.
    function showInclusion(
        Receipt calldata receipt,
        EntryProof calldata entryProof,
        ReceiptProof calldata receiptProof
    ) external;

    /// @notice Slashes a receipt whose inclusion was not shown in time; the bond comes back. Anyone.
    function timeoutInclusion(Receipt calldata receipt) external;

    /// @notice Asks for receipt number `index` of a channel in a posted epoch, while any of its receipts can be challenged.
    /// Caller: anyone with a bond.
    function demandReceipt(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index
    ) external returns (bytes32 demandId);

    /// @notice Answers `demandReceipt` with the receipt; its place names the number. Anyone.
    function showReceipt(
        EntryProof calldata entryProof,
        ReceiptProof calldata receiptProof,
        Receipt calldata receipt,
        SessionSignature calldata signature
    ) external;

    /// @notice Answers `demandReceipt` where the channel has fewer receipts in that epoch, or none. Anyone.
    function showAbsence(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index,
        EntryProof calldata entryProof
    ) external;

    /// @notice Takes the allotment of a channel whose receipt was not shown in time; the bond comes back. Anyone.
    function timeoutReceipt(uint16 version, uint64 epoch, bytes32 channelId, uint32 index) external;

    /// @notice Takes the allotment of a channel whose liabilities in one epoch sum to more than it. While any of the epoch's
    /// receipts can be challenged. The caller is the reporter.
    function overCommitted(uint16 version, uint64 epoch, EntryProof calldata entryProof) external;

    // Views

    function getEpoch(address worker, uint16 version, uint64 epoch) external view returns (Epoch memory);
    function getDemand(bytes32 demandId) external view returns (Demand memory);

    /// @notice The id of a demand for a receipt by number; a demand for inclusion has the receipt's `commitId`.
    function demandIdOf(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index
    ) external view returns (bytes32);

    /// @notice What a demand costs until it is answered or not.
    function demandBond(uint16 version) external view returns (uint96);

    /// @notice Length of an epoch under a tier.
    function epochSeconds(uint16 version) external view returns (uint64);
}
