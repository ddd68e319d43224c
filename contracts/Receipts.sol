// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Commitments} from "./Commitments.sol";
import {SignatureVerifier} from "./SignatureVerifier.sol";
import {IChannels} from "./interfaces/IChannels.sol";
import {ICommitments} from "./interfaces/ICommitments.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {ReceiptLib} from "./libraries/ReceiptLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Commitment, Terms} from "./types/Commitment.sol";
import {ProgramHeader} from "./types/Program.sol";
import {Channel, Receipt, SessionSignature} from "./types/Receipt.sol";
import {Tier} from "./types/Tier.sol";

/// @title Receipts: what makes one a commitment, and what of its channel's allotment stands behind it.
/// @dev Of every channel: reserved + free = allotment, where free is what neither an opened receipt nor a forfeit claims.
abstract contract Receipts is IChannels, Commitments, EIP712 {
    uint8 internal constant OPERATOR = 1;
    uint40 internal constant LIVE = type(uint40).max;
    /// @dev An opening is 14 words of receipt, 4 of signature, the place of the input, its length, and the input.
    uint256 internal constant INPUT_PLACE = 18 * 32;

    SignatureVerifier internal immutable SIGNATURES;
    uint32 internal immutable UNBONDING_SECONDS;

    mapping(bytes32 channelId => Channel) internal _channels;
    mapping(address worker => mapping(bytes32 key => uint40 until)) internal _sessionKeys;
    mapping(bytes32 commitId => uint96) internal _uncovered; // of a receipt's liability, when it was opened

    constructor() EIP712("Assay Channels", "1") {
        SIGNATURES = new SignatureVerifier();
        UNBONDING_SECONDS = PARAMETERS.unbondingSeconds();
    }

    // SESSION KEYS

    /// @inheritdoc IChannels
    function setSessionKey(address worker, bytes32 x, bytes32 y) external {
        _requireOperator(worker);
        require(SIGNATURES.isSessionKey(x, y), InvalidSessionKey(x, y));
        _sessionKeys[worker][_keyOf(x, y)] = LIVE;
        emit SessionKeySet(worker, x, y);
    }

    /// @inheritdoc IChannels
    function revokeSessionKey(address worker, bytes32 x, bytes32 y) external {
        _requireOperator(worker);
        uint40 until = _sessionKeys[worker][_keyOf(x, y)];
        require(until == LIVE, SessionKeyNotLive(worker, x, y, until));
        until = _delayed();
        _sessionKeys[worker][_keyOf(x, y)] = until;
        emit SessionKeyRevoked(worker, x, y, until);
    }

    // VIEWS

    /// @inheritdoc ICommitments
    function proven(bytes calldata opening) external view returns (bytes32 commitId, Terms memory terms) {
        (Receipt calldata receipt, SessionSignature calldata signature, ) = _parse(opening);
        Channel storage channel = _channelFor(receipt);
        terms = _termsOf(receipt, channel.worker);
        _checkSignature(terms.subject, channel.worker, signature);
        commitId = IdLib.commitId(address(this), terms);
    }

    /// @inheritdoc IChannels
    function receiptIdOf(Receipt calldata receipt) external view returns (bytes32) {
        return _receiptId(receipt);
    }

    /// @inheritdoc IChannels
    function commitIdOf(Receipt calldata receipt) external view returns (bytes32) {
        return IdLib.commitId(address(this), _termsOf(receipt, _channels[receipt.channelId].worker));
    }

    /// @inheritdoc IChannels
    function sessionKeyUntil(address worker, bytes32 x, bytes32 y) external view returns (uint40) {
        return _sessionKeys[worker][_keyOf(x, y)];
    }

    // WHAT COMMITMENTS ASK OF A SOURCE

    function _recognise(
        bytes calldata opening,
        address by
    ) internal override returns (Commitment memory found) {
        (Receipt calldata receipt, SessionSignature calldata signature, bytes calldata input) = _parse(
            opening
        );
        Channel storage channel = _channelFor(receipt);
        Tier memory tier = PARAMETERS.tier(receipt.version);
        found.terms = _termsOf(receipt, channel.worker);
        _checkSignature(found.terms.subject, channel.worker, signature);
        _checkTimes(found.terms.subject, receipt, tier);
        uint256 inputBytes = _checkProgram(receipt, tier);
        found.inputPosted = _checkInput(found.terms.subject, receipt, channel.payer, by, input, inputBytes);

        found.beneficiary = channel.payer;
        found.fee = receipt.fee;
        // INVARIANT (S-07): the window starts with the transaction that opens the receipt, not when it was issued.
        // GUARD: S-07
        uint256 until = block.timestamp + tier.windowSeconds;
        // INVARIANT (S-12): nobody shortens the challenge time that a receipt promises by opening it early.
        // GUARD: S-12.promise
        if (until < receipt.challengeUntil) until = receipt.challengeUntil;
        found.challengeUntil = uint40(until);
        // INVARIANT (S-12, I-12): from this channel's allotment only, and of it what no other receipt reserves.
        // GUARD: S-12
        found.lock = _least(receipt.liability, _free(channel));
        channel.reserved += found.lock;
        bytes32 commitId = IdLib.commitId(address(this), found.terms);
        if (found.lock < receipt.liability) _uncovered[commitId] = receipt.liability - found.lock;
        emit ReceiptOpened(commitId, receipt.channelId, found.terms.subject, receipt, input);
    }

    /// @dev What was slashed leaves the channel. What it did not cover of the liability is owed by the rest of the allotment:
    /// a worker gains nothing by reserving the allotment with a receipt of its own.
    function _onSlashed(bytes32 commitId, Commitment storage held) internal override {
        bytes32 channelId = _channelOf(held);
        Channel storage channel = _channels[channelId];
        uint96 lock = held.lock;
        channel.reserved -= lock;
        _lose(channel, lock);
        uint96 uncovered = _uncovered[commitId];
        // GUARD: S-12.uncovered
        if (uncovered > 0) _owe(channelId, uncovered);
    }

    function _onRefunded(bytes32, Commitment storage held) internal override {
        _channels[_channelOf(held)].reserved -= held.lock;
    }

    function _onFlipped(bytes32 commitId, Commitment storage held) internal override {
        Channel storage channel = _channels[_channelOf(held)];
        uint96 lock = held.lock;
        channel.allotment += lock;
        channel.slashed = _minus(channel.slashed, lock);
        channel.owed = _minus(channel.owed, _uncovered[commitId]);
        VAULT.lock(held.terms.worker, lock);
    }

    function _onExtended(bytes32, Commitment storage) internal override {}

    // RECEIPTS

    /// @dev The three parts of an opening where they lie; only their one canonical encoding is read.
    function _parse(
        bytes calldata opening
    )
        internal
        pure
        returns (Receipt calldata receipt, SessionSignature calldata signature, bytes calldata input)
    {
        uint256 start = INPUT_PLACE + 64;
        require(opening.length >= start, MalformedOpening(opening.length));
        uint256 place = uint256(bytes32(opening[INPUT_PLACE:INPUT_PLACE + 32]));
        uint256 length = uint256(bytes32(opening[INPUT_PLACE + 32:start]));
        require(
            place == INPUT_PLACE + 32 && length <= opening.length - start,
            MalformedOpening(opening.length)
        );
        input = opening[start:start + length];
        assembly ("memory-safe") {
            receipt := opening.offset
            signature := add(opening.offset, 448) // after 14 words
        }
    }

    function _channelFor(Receipt calldata receipt) internal view returns (Channel storage channel) {
        channel = _channels[receipt.channelId];
        require(channel.payer != address(0), UnknownChannel(receipt.channelId));
    }

    function _termsOf(Receipt calldata receipt, address worker) internal view returns (Terms memory) {
        return
            Terms({
                subject: _receiptId(receipt),
                programId: receipt.programId,
                inputRoot: receipt.inputRoot,
                outputRoot: receipt.outputRoot,
                passes: receipt.passes,
                worker: worker,
                version: receipt.version
            });
    }

    /// @dev INVARIANT (I-54): the id binds the chain, this contract, the channel and every field.
    function _receiptId(Receipt calldata receipt) internal view returns (bytes32) {
        return _hashTypedDataV4(ReceiptLib.receiptStruct(receipt));
    }

    function _checkSignature(
        bytes32 receiptId,
        address worker,
        SessionSignature calldata signature
    ) internal view {
        uint40 until = _sessionKeys[worker][_keyOf(signature.x, signature.y)];
        // INVARIANT (I-54): a key that its worker never authorised, or whose revocation has matured, says nothing.
        // GUARD: I-54
        require(block.timestamp <= until, SessionKeyNotLive(worker, signature.x, signature.y, until));
        // GUARD: I-54.signature
        require(SIGNATURES.isSessionSignature(receiptId, signature), InvalidSessionSignature(receiptId));
    }

    function _checkTimes(bytes32 receiptId, Receipt calldata receipt, Tier memory tier) internal view {
        // INVARIANT (S-12): a receipt binds while its own challenge time runs.
        // GUARD: S-12.closed
        require(
            receipt.issuedAt <= block.timestamp && block.timestamp <= receipt.challengeUntil,
            ReceiptNotOpen(receiptId, receipt.issuedAt, receipt.challengeUntil)
        );
        uint64 maximum = receipt.issuedAt + tier.receiptSeconds;
        // INVARIANT (S-12, S-14): no receipt outlives the allotment behind it.
        // GUARD: S-12.time
        require(
            receipt.challengeUntil <= maximum,
            ChallengeTimeTooLong(receiptId, receipt.challengeUntil, maximum)
        );
    }

    function _checkProgram(
        Receipt calldata receipt,
        Tier memory tier
    ) internal view returns (uint256 inputBytes) {
        ProgramHeader memory header = REGISTRY.activeHeader(receipt.programId);
        require(
            receipt.passes > 0 && receipt.passes <= header.maxPasses,
            WrongPasses(receipt.passes, header.maxPasses)
        );
        (uint8 traceDepth, uint8 tensorDepth) = REGISTRY.depths(receipt.programId);
        // INVARIANT (S-14): a dispute takes no longer than the tier's formula says.
        // GUARD: S-14
        require(
            traceDepth <= tier.maxTraceDepth && tensorDepth <= tier.maxTensorDepth,
            ProgramTooDeep(traceDepth, tensorDepth, tier.maxTraceDepth, tier.maxTensorDepth)
        );
        return header.inputBytes;
    }

    /// @dev A dispute shows the input, or is the payer's over a private one. Who asks for the input need not have it; for an
    /// inclusion or an equivocation it does not matter.
    function _checkInput(
        bytes32 receiptId,
        Receipt calldata receipt,
        address payer,
        address by,
        bytes calldata input,
        uint256 inputBytes
    ) internal view returns (bool posted) {
        bool disputed = msg.sender == address(_game);
        if (receipt.isPrivate && (disputed || msg.sender == _inputRequests)) {
            // INVARIANT (S-09): nobody else can be told a private input, so nobody else may ask.
            // GUARD: S-09
            require(disputed && by == payer, PrivateReceipt(receiptId, payer));
        }
        if (input.length == 0 && (receipt.isPrivate || !disputed)) return false;
        require(input.length == inputBytes, WrongLength(input.length, inputBytes));
        bytes32 computed = MerkleLib.byteRoot(input);
        // INVARIANT (S-07): what is published is what was asked.
        // GUARD: S-07.input
        require(computed == receipt.inputRoot, WrongRoot(computed, receipt.inputRoot));
        return true;
    }

    // ALLOTMENTS

    /// @dev What neither an opened receipt nor a forfeit claims. Of what is owed, a part may be reserved still.
    function _free(Channel storage channel) internal view returns (uint96) {
        return _minus(channel.allotment, uint256(channel.reserved) + channel.owed);
    }

    /// @dev Takes `amount` out of the allotment; what is leaving or owed shrinks with it.
    function _lose(Channel storage channel, uint96 amount) internal {
        uint96 allotment = channel.allotment - amount;
        channel.allotment = allotment;
        channel.allotmentLeaving = _least(channel.allotmentLeaving, allotment);
        channel.owed = _least(channel.owed, allotment);
        bool recently = block.timestamp <= uint256(channel.slashedAt) + UNBONDING_SECONDS;
        channel.slashed = recently ? channel.slashed + amount : amount;
        channel.slashedAt = uint40(block.timestamp);
    }

    /// @dev A channel never owes more than its allotment.
    function _owe(bytes32 channelId, uint96 amount) internal {
        Channel storage channel = _channels[channelId];
        uint96 more = _least(amount, channel.allotment - channel.owed);
        if (more == 0) return;
        channel.owed += more;
        emit Forfeited(channelId, more);
    }

    /// @dev Distributes what is owed and no longer reserved.
    function _collect(bytes32 channelId, address reporter) internal returns (uint96 amount) {
        Channel storage channel = _channels[channelId];
        amount = _least(channel.owed, channel.allotment - channel.reserved);
        if (amount == 0) return 0;
        channel.owed -= amount;
        _lose(channel, amount);
        uint96 slashed = VAULT.slashToEscrow(channel.worker, amount);
        // INVARIANT (I-05): a worker that reports itself through a friend loses 85 %.
        uint96 reward = SplitLib.bps(slashed, SplitLib.REPORTER_BPS);
        emit OwedCollected(channelId, reporter, slashed, reward);
        VAULT.creditFromEscrow(reporter, reward);
        VAULT.burnFromEscrow(slashed - reward);
    }

    // INTERNAL

    function _requireOperator(address worker) internal view {
        require(
            msg.sender == worker || VAULT.hasRole(worker, msg.sender, OPERATOR),
            NotAuthorized(msg.sender, worker)
        );
    }

    function _channelOf(Commitment storage held) internal view returns (bytes32) {
        return ReceiptLib.channelId(address(this), held.beneficiary, held.terms.worker);
    }

    function _keyOf(bytes32 x, bytes32 y) internal pure returns (bytes32) {
        return keccak256(abi.encode(x, y));
    }

    function _delayed() internal view returns (uint40) {
        return uint40(block.timestamp) + UNBONDING_SECONDS;
    }

    function _least(uint96 one, uint96 other) internal pure returns (uint96) {
        return one < other ? one : other;
    }

    function _minus(uint96 from, uint256 amount) internal pure returns (uint96) {
        // SAFETY: cast only where it is below a number of 96 bits.
        return from > amount ? from - uint96(amount) : 0;
    }
}
