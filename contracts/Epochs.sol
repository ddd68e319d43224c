// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IChannels} from "./interfaces/IChannels.sol";
import {ICommitments} from "./interfaces/ICommitments.sol";
import {IEpochs} from "./interfaces/IEpochs.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {SumTreeLib} from "./libraries/SumTreeLib.sol";
import {CommitmentStatus, Terms} from "./types/Commitment.sol";
import {
    Channel,
    Demand,
    DemandStatus,
    Entry,
    EntryProof,
    Epoch,
    Receipt,
    ReceiptProof,
    SessionSignature
} from "./types/Receipt.sol";
import {Tier} from "./types/Tier.sol";

/// @title Epochs: one root a worker, tier and epoch over every receipt that it signed, and the questions that hold it to it.
/// @dev Holds no tokens; bonds lie in this module's escrow in the vault. Trusts the channels on what a receipt is and on what
/// backs it. No call loops over receipts.
contract Epochs is IEpochs {
    uint8 internal constant OPERATOR = 1;
    uint64 internal constant EPOCHS_PER_CHALLENGE_TIME = 4;
    uint256 internal constant ANSWER_GAS = 600_000; // measured; without the chain's P-256 precompile
    bytes32 internal constant DEMAND_DOMAIN = keccak256("assay.demand");

    IStakeVault internal immutable VAULT;
    IChannels internal immutable CHANNELS;
    IParameters internal immutable PARAMETERS;
    uint32 internal immutable UNBONDING_SECONDS;

    mapping(address worker => mapping(uint16 version => mapping(uint64 epoch => Epoch))) internal _epochs;
    mapping(bytes32 demandId => Demand) internal _demands;
    mapping(bytes32 channelId => mapping(uint16 version => mapping(uint64 epoch => bool))) internal _charged;

    constructor(IStakeVault vault, IChannels channels, IParameters parameters) {
        VAULT = vault;
        CHANNELS = channels;
        PARAMETERS = parameters;
        UNBONDING_SECONDS = parameters.unbondingSeconds();
    }

    // WORKER

    /// @inheritdoc IEpochs
    function postEpoch(address worker, uint16 version, uint64 epoch, bytes32 root, uint32 count) external {
        require(
            msg.sender == worker || VAULT.hasRole(worker, msg.sender, OPERATOR),
            NotAuthorized(msg.sender, worker)
        );
        require(root != 0 && count > 0, EmptyEpoch());
        uint256 endsAt = (uint256(epoch) + 1) * _epochSeconds(PARAMETERS.tier(version));
        require(block.timestamp >= endsAt, EpochNotOver(epoch, uint64(endsAt)));
        Epoch storage posted = _epochs[worker][version][epoch];
        // INVARIANT (S-12): one root: a worker cannot show one face to this payer and another to that.
        // GUARD: S-12.once
        require(posted.postedAt == 0, EpochAlreadyPosted(worker, version, epoch));
        (posted.root, posted.postedAt, posted.count) = (root, uint40(block.timestamp), count);
        emit EpochPosted(worker, version, epoch, root, count);
    }

    // INCLUSION

    /// @inheritdoc IEpochs
    function demandInclusion(
        Receipt calldata receipt,
        SessionSignature calldata signature,
        bytes calldata input
    ) external returns (bytes32 demandId) {
        Tier memory tier = PARAMETERS.tier(receipt.version);
        uint64 epoch = _epochOf(receipt, tier);
        uint64 from = (epoch + 2) * _epochSeconds(tier);
        require(block.timestamp >= from, NotDemandable(from, receipt.challengeUntil));
        demandId = CHANNELS.commitIdOf(receipt);
        address worker = CHANNELS.getChannel(receipt.channelId).worker;
        bool late = _isLate(_epochs[worker][receipt.version][epoch], from);
        uint40 deadline = _open(demandId, receipt.version, tier, late);
        emit InclusionDemanded(demandId, worker, msg.sender, receipt, _bond(tier), deadline);

        (, uint64 until) = CHANNELS.hold(demandId, abi.encode(receipt, signature, input), msg.sender);
        // INVARIANT (I-29): nothing new is held against a receipt after its window.
        require(block.timestamp <= until, ICommitments.WindowClosed(demandId, until));
        VAULT.escrowFrom(msg.sender, _bond(tier));
    }

    /// @inheritdoc IEpochs
    function showInclusion(
        Receipt calldata receipt,
        EntryProof calldata entryProof,
        ReceiptProof calldata receiptProof
    ) external {
        (bytes32 demandId, Terms memory terms) = _termsOf(receipt);
        Tier memory tier = PARAMETERS.tier(receipt.version);
        Epoch storage posted = _posted(terms.worker, receipt.version, _epochOf(receipt, tier));
        _requireEntry(posted, receipt.channelId, entryProof);
        _requireReceipt(terms.subject, receipt.liability, entryProof.entry, receiptProof);
        _answer(demandId, terms.worker, tier);
        CHANNELS.release(demandId);
    }

    /// @inheritdoc IEpochs
    function timeoutInclusion(Receipt calldata receipt) external {
        (bytes32 demandId, Terms memory terms) = _termsOf(receipt);
        address by = _expire(demandId, terms.worker);
        // INVARIANT (I-24): what ended meanwhile is not ended again.
        if (CHANNELS.getCommitment(demandId).status != CommitmentStatus.Open) return;
        CHANNELS.slash(demandId, by);
    }

    // RECEIPTS BY NUMBER

    /// @inheritdoc IEpochs
    function demandReceipt(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index
    ) external returns (bytes32 demandId) {
        Tier memory tier = PARAMETERS.tier(version);
        address worker = CHANNELS.getChannel(channelId).worker;
        _requireChallengeable(epoch, tier);
        bool late = _isLate(_posted(worker, version, epoch), (epoch + 2) * _epochSeconds(tier));
        demandId = _demandId(version, epoch, channelId, index);
        uint40 deadline = _open(demandId, version, tier, late);
        emit ReceiptDemanded(
            demandId,
            worker,
            channelId,
            msg.sender,
            version,
            epoch,
            index,
            _bond(tier),
            deadline
        );
        VAULT.escrowFrom(msg.sender, _bond(tier));
    }

    /// @inheritdoc IEpochs
    function showReceipt(
        EntryProof calldata entryProof,
        ReceiptProof calldata receiptProof,
        Receipt calldata receipt,
        SessionSignature calldata signature
    ) external {
        (, Terms memory terms) = CHANNELS.proven(abi.encode(receipt, signature, ""));
        Tier memory tier = PARAMETERS.tier(receipt.version);
        uint64 epoch = _epochOf(receipt, tier);
        Epoch storage posted = _posted(terms.worker, receipt.version, epoch);
        _requireEntry(posted, receipt.channelId, entryProof);
        _requireReceipt(terms.subject, receipt.liability, entryProof.entry, receiptProof);
        bytes32 demandId = _demandId(receipt.version, epoch, receipt.channelId, receiptProof.index);
        emit ReceiptShown(demandId, receipt.channelId, receipt, signature);
        _answer(demandId, terms.worker, tier);
    }

    /// @inheritdoc IEpochs
    function showAbsence(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index,
        EntryProof calldata entryProof
    ) external {
        address worker = CHANNELS.getChannel(channelId).worker;
        Epoch storage posted = _posted(worker, version, epoch);
        _requireRoot(posted, channelId, entryProof);
        Entry calldata entry = entryProof.entry;
        // INVARIANT (S-12): nothing is absent that the root says is there.
        // GUARD: S-12.absence
        require(
            entry.channelId != channelId || index >= entry.count,
            WrongChannel(entry.channelId, channelId)
        );
        _answer(_demandId(version, epoch, channelId, index), worker, PARAMETERS.tier(version));
    }

    /// @inheritdoc IEpochs
    function timeoutReceipt(uint16 version, uint64 epoch, bytes32 channelId, uint32 index) external {
        address worker = CHANNELS.getChannel(channelId).worker;
        address by = _expire(_demandId(version, epoch, channelId, index), worker);
        CHANNELS.forfeit(channelId, by);
    }

    // OVER-COMMITMENT

    /// @inheritdoc IEpochs
    function overCommitted(uint16 version, uint64 epoch, EntryProof calldata entryProof) external {
        Entry calldata entry = entryProof.entry;
        bytes32 channelId = entry.channelId;
        Channel memory channel = CHANNELS.getChannel(channelId);
        Epoch storage posted = _posted(channel.worker, version, epoch);
        _requireChallengeable(epoch, PARAMETERS.tier(version));
        _requireEntry(posted, channelId, entryProof);
        // What was slashed while these receipts were open stood behind them when they were signed.
        uint256 allotment = channel.allotment;
        if (posted.postedAt <= uint256(channel.slashedAt) + UNBONDING_SECONDS) allotment += channel.slashed;
        // INVARIANT (A27, S-12): a worker never stands for more than a channel has.
        // GUARD: A27
        require(entry.sum > allotment, NotOverCommitted(channelId, entry.sum, allotment));
        // INVARIANT (I-24): one fault of one epoch is charged once.
        // GUARD: A27.once
        require(!_charged[channelId][version][epoch], AlreadyCharged(channelId, epoch));
        _charged[channelId][version][epoch] = true;
        emit OverCommitted(channel.worker, channelId, version, epoch, entry.sum, allotment, msg.sender);
        CHANNELS.forfeit(channelId, msg.sender);
    }

    // VIEWS

    /// @inheritdoc IEpochs
    function getEpoch(address worker, uint16 version, uint64 epoch) external view returns (Epoch memory) {
        return _epochs[worker][version][epoch];
    }

    /// @inheritdoc IEpochs
    function getDemand(bytes32 demandId) external view returns (Demand memory) {
        return _demands[demandId];
    }

    /// @inheritdoc IEpochs
    function demandIdOf(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index
    ) external view returns (bytes32) {
        return _demandId(version, epoch, channelId, index);
    }

    /// @inheritdoc IEpochs
    function demandBond(uint16 version) external view returns (uint96) {
        return _bond(PARAMETERS.tier(version));
    }

    /// @inheritdoc IEpochs
    function epochSeconds(uint16 version) external view returns (uint64) {
        return _epochSeconds(PARAMETERS.tier(version));
    }

    // DEMANDS

    function _open(
        bytes32 demandId,
        uint16 version,
        Tier memory tier,
        bool late
    ) internal returns (uint40 deadline) {
        require(_demands[demandId].status == DemandStatus.None, AlreadyDemanded(demandId));
        deadline = uint40(block.timestamp) + tier.inputSeconds;
        _demands[demandId] = Demand({
            by: msg.sender,
            deadline: deadline,
            version: version,
            status: DemandStatus.Open,
            late: late
        });
    }

    /// @dev Closes a demand with its answer. A worker that was late with its root is not paid for it.
    function _answer(bytes32 demandId, address worker, Tier memory tier) internal {
        Demand storage demand = _openDemand(demandId);
        // INVARIANT (I-20): an answer at the deadline is in time.
        // GUARD: S-12.deadline
        require(block.timestamp <= demand.deadline, AnswerTooLate(demandId, demand.deadline));
        demand.status = DemandStatus.Answered;
        emit DemandAnswered(demandId, worker);
        if (demand.late) {
            VAULT.creditFromEscrow(demand.by, _bond(tier));
        } else {
            (uint96 toWorker, uint96 burned) = SplitLib.bond(_bond(tier));
            VAULT.creditFromEscrow(worker, toWorker);
            VAULT.burnFromEscrow(burned);
        }
    }

    /// @dev Closes a demand that was not answered; its bond is back.
    function _expire(bytes32 demandId, address worker) internal returns (address by) {
        Demand storage demand = _openDemand(demandId);
        // GUARD: I-20
        require(block.timestamp > demand.deadline, AnswerPending(demandId, demand.deadline));
        demand.status = DemandStatus.Unanswered;
        by = demand.by;
        emit DemandUnanswered(demandId, worker, by);
        VAULT.creditFromEscrow(by, _bond(PARAMETERS.tier(demand.version)));
    }

    /// @dev INVARIANT (S-13): the worker's part of the bond pays for its answer, the longest that there is.
    function _bond(Tier memory tier) internal pure returns (uint96) {
        uint256 least = (ANSWER_GAS * tier.gasPrice * SplitLib.BPS) / SplitLib.WORKER_BOND_BPS + 1;
        // SAFETY: a 64-bit price times a million fits 96 bits.
        return least > tier.challengeBond ? uint96(least) : tier.challengeBond;
    }

    function _isLate(Epoch storage posted, uint64 due) internal view returns (bool) {
        return posted.postedAt == 0 || posted.postedAt >= due;
    }

    function _openDemand(bytes32 demandId) internal view returns (Demand storage demand) {
        demand = _demands[demandId];
        require(demand.status == DemandStatus.Open, DemandNotOpen(demandId));
    }

    function _demandId(
        uint16 version,
        uint64 epoch,
        bytes32 channelId,
        uint32 index
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(DEMAND_DOMAIN, block.chainid, address(this), version, epoch, channelId, index)
            );
    }

    // TREES

    function _posted(
        address worker,
        uint16 version,
        uint64 epoch
    ) internal view returns (Epoch storage posted) {
        posted = _epochs[worker][version][epoch];
        require(posted.postedAt != 0, EpochNotPosted(worker, version, epoch));
    }

    function _requireRoot(
        Epoch storage posted,
        bytes32 channelId,
        EntryProof calldata entryProof
    ) internal view {
        bytes32 computed = SumTreeLib.entryRoot(channelId, entryProof);
        // GUARD: S-12.entry
        require(computed == posted.root, WrongEntry(computed, posted.root));
    }

    function _requireEntry(
        Epoch storage posted,
        bytes32 channelId,
        EntryProof calldata entryProof
    ) internal view {
        bytes32 given = entryProof.entry.channelId;
        require(given == channelId && given != 0, WrongChannel(given, channelId));
        _requireRoot(posted, channelId, entryProof);
    }

    function _requireReceipt(
        bytes32 receiptId,
        uint96 liability,
        Entry calldata entry,
        ReceiptProof calldata receiptProof
    ) internal pure {
        require(receiptProof.index < entry.count, IndexOutOfRange(receiptProof.index, entry.count));
        (bytes32 computed, uint256 sum) = SumTreeLib.receiptRoot(
            receiptId,
            liability,
            entry.count,
            receiptProof
        );
        // INVARIANT (S-12): a sum is at least the sum of the receipts that can be shown under it.
        // GUARD: S-12.sum
        require(
            computed == entry.receiptsRoot && sum == entry.sum,
            WrongReceipt(computed, sum, entry.receiptsRoot, entry.sum)
        );
    }

    // TIME

    /// @dev Receipts of an epoch may be asked for by number, and their sum questioned, until the first of them can no longer
    /// be challenged: every allotment that stood behind them stands until then.
    function _requireChallengeable(uint64 epoch, Tier memory tier) internal view {
        uint64 startedAt = epoch * _epochSeconds(tier);
        uint64 until = startedAt + tier.receiptSeconds;
        require(block.timestamp <= until, NotDemandable(startedAt, until));
    }

    function _epochOf(Receipt calldata receipt, Tier memory tier) internal pure returns (uint64) {
        return receipt.issuedAt / _epochSeconds(tier);
    }

    function _epochSeconds(Tier memory tier) internal pure returns (uint64 length) {
        length = tier.receiptSeconds / EPOCHS_PER_CHALLENGE_TIME;
        if (length == 0) length = 1;
    }

    // CHANNELS

    /// @dev What a receipt stands for, signed or not; a demand was opened by its signature.
    function _termsOf(Receipt calldata receipt) internal view returns (bytes32 commitId, Terms memory terms) {
        commitId = CHANNELS.commitIdOf(receipt);
        terms.worker = CHANNELS.getChannel(receipt.channelId).worker;
        terms.subject = CHANNELS.receiptIdOf(receipt);
    }
}
