// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitments} from "./Commitments.sol";
import {Receipts} from "./Receipts.sol";
import {IChannels} from "./interfaces/IChannels.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {ReceiptLib} from "./libraries/ReceiptLib.sol";
import {Commitment, CommitmentStatus} from "./types/Commitment.sol";
import {Channel, Voucher} from "./types/Receipt.sol";

/// @title Channels between one payer and one worker: escrow for fees, allotment for liability, vouchers, receipts' ends.
/// @dev Holds no tokens: escrow lies in this module's escrow in the vault, allotments in the worker's locked stake.
contract Channels is Receipts {
    constructor(
        IStakeVault vault,
        IProgramRegistry registry,
        IParameters parameters,
        address guardian,
        address auditPool
    ) Commitments(vault, registry, parameters, guardian, auditPool) {}

    // PAYER

    /// @inheritdoc IChannels
    function deposit(address worker, uint96 amount) external returns (bytes32 channelId) {
        require(amount > 0, ZeroValue());
        channelId = ReceiptLib.channelId(address(this), msg.sender, worker);
        Channel storage channel = _channels[channelId];
        if (channel.payer == address(0)) (channel.payer, channel.worker) = (msg.sender, worker);
        channel.escrow += amount;
        emit Deposited(channelId, msg.sender, worker, amount);
        VAULT.escrowFrom(msg.sender, amount);
    }

    /// @inheritdoc IChannels
    function requestEscrow(bytes32 channelId, uint96 amount) external {
        Channel storage channel = _channels[channelId];
        _requirePayer(channel);
        require(amount > 0, ZeroValue());
        uint96 stays = _minus(channel.escrow, channel.escrowLeaving);
        require(amount <= stays, InsufficientChannel(channelId, stays, amount));
        (channel.escrowLeaving, channel.escrowFrom) = (channel.escrowLeaving + amount, _delayed());
        emit EscrowRequested(channelId, channel.escrowLeaving, channel.escrowFrom);
    }

    /// @inheritdoc IChannels
    function takeEscrow(bytes32 channelId) external returns (uint96 amount) {
        Channel storage channel = _channels[channelId];
        _requirePayer(channel);
        amount = _least(channel.escrowLeaving, channel.escrow);
        // INVARIANT (S-12): what vouchers were promised on stays for them through the whole delay.
        // GUARD: S-12.escrow
        require(
            amount > 0 && block.timestamp >= channel.escrowFrom,
            NothingToTake(channelId, channel.escrowFrom)
        );
        channel.escrow -= amount;
        channel.escrowLeaving = 0;
        emit EscrowTaken(channelId, amount);
        VAULT.payFromEscrow(msg.sender, amount);
    }

    // WORKER

    /// @inheritdoc IChannels
    function allot(bytes32 channelId, uint96 amount) external {
        Channel storage channel = _channels[channelId];
        address worker = _requireWorker(channelId, channel);
        require(amount > 0, ZeroValue());
        channel.allotment += amount;
        emit Allotted(channelId, worker, amount);
        // INVARIANT (I-12): a unit of stake lies in one channel or behind one commitment, never in two places.
        VAULT.lock(worker, amount);
    }

    /// @inheritdoc IChannels
    function requestDeallot(bytes32 channelId, uint96 amount) external {
        Channel storage channel = _channels[channelId];
        _requireWorker(channelId, channel);
        require(amount > 0, ZeroValue());
        uint96 stays = channel.allotment - channel.allotmentLeaving;
        require(amount <= stays, InsufficientChannel(channelId, stays, amount));
        (channel.allotmentLeaving, channel.allotmentFrom) = (channel.allotmentLeaving + amount, _delayed());
        emit DeallotRequested(channelId, channel.allotmentLeaving, channel.allotmentFrom);
    }

    /// @inheritdoc IChannels
    function takeAllotment(bytes32 channelId) external returns (uint96 amount) {
        Channel storage channel = _channels[channelId];
        address worker = _requireWorker(channelId, channel);
        // INVARIANT (I-10): what opened receipts reserve, and what is forfeited, never leaves.
        // GUARD: I-10
        amount = _least(channel.allotmentLeaving, _free(channel));
        // INVARIANT (I-13, S-12): every receipt's allotment outlives the receipt.
        // GUARD: S-12.allotment
        require(
            amount > 0 && block.timestamp >= channel.allotmentFrom,
            NothingToTake(channelId, channel.allotmentFrom)
        );
        channel.allotment -= amount;
        channel.allotmentLeaving -= amount;
        emit AllotmentTaken(channelId, amount);
        VAULT.unlock(worker, amount);
    }

    /// @inheritdoc IChannels
    function redeem(
        Voucher[] calldata vouchers,
        bytes[] calldata signatures,
        address to
    ) external returns (uint256 amount) {
        require(vouchers.length == signatures.length, LengthMismatch(vouchers.length, signatures.length));
        require(vouchers.length > 0, NothingToRedeem());
        address worker = _requireWorker(vouchers[0].channelId, _channels[vouchers[0].channelId]);
        require(to == worker || msg.sender == worker, NotAuthorized(msg.sender, worker));
        for (uint256 i = 0; i < vouchers.length; ++i) amount += _redeem(vouchers[i], signatures[i], worker);
        require(amount > 0, NothingToRedeem());
        // SAFETY: every part was in this module's escrow, which 96 bits hold.
        VAULT.payFromEscrow(to, uint96(amount));
    }

    // ANYONE

    /// @inheritdoc IChannels
    function finalize(bytes32 commitId) external {
        _finalizeRecorded(commitId);
        Commitment storage held = _commitments[commitId];
        bytes32 programId = held.terms.programId;
        // INVARIANT (S-05): nothing becomes final on a retired program; `refundRetired` ends it.
        require(!_isRetired(programId), IProgramRegistry.ProgramNotActive(programId));
        bytes32 channelId = _channelOf(held);
        _channels[channelId].reserved -= held.lock;
        emit ReceiptFinalized(commitId, channelId);
    }

    /// @inheritdoc IChannels
    function refundRetired(bytes32 commitId) external {
        Commitment storage held = _commitments[commitId];
        _requireCommitment(commitId, held, CommitmentStatus.Open);
        require(_isRetired(held.terms.programId), ProgramNotRetired(held.terms.programId));
        _refund(commitId, held);
    }

    /// @inheritdoc IChannels
    function collectOwed(bytes32 channelId) external returns (uint96 amount) {
        amount = _collect(channelId, msg.sender);
        require(amount > 0, NothingOwed(channelId, _channels[channelId].owed));
    }

    // EPOCHS ONLY

    /// @inheritdoc IChannels
    function forfeit(bytes32 channelId, address reporter) external onlyModule {
        _owe(channelId, type(uint96).max);
        _collect(channelId, reporter);
    }

    // VIEWS

    /// @inheritdoc IChannels
    function channelIdOf(address payer, address worker) external view returns (bytes32) {
        return ReceiptLib.channelId(address(this), payer, worker);
    }

    /// @inheritdoc IChannels
    function getChannel(bytes32 channelId) external view returns (Channel memory) {
        return _channels[channelId];
    }

    /// @inheritdoc IChannels
    function voucherHash(Voucher calldata voucher) public view returns (bytes32) {
        return _hashTypedDataV4(ReceiptLib.voucherStruct(voucher));
    }

    /// @inheritdoc IChannels
    function backing(bytes32 channelId) external view returns (uint96) {
        Channel storage channel = _channels[channelId];
        return _minus(channel.allotment, uint256(channel.allotmentLeaving) + channel.owed);
    }

    // VOUCHERS

    function _redeem(
        Voucher calldata voucher,
        bytes calldata signature,
        address worker
    ) internal returns (uint96 due) {
        Channel storage channel = _channels[voucher.channelId];
        require(channel.worker == worker, NotAuthorized(msg.sender, channel.worker));
        (uint96 paid, uint96 escrow) = (channel.paid, channel.escrow);
        // INVARIANT (I-54): a voucher names what is owed in all, so a second use of it brings nothing.
        // GUARD: I-54.voucher
        due = _least(_minus(voucher.total, paid), escrow);
        if (due == 0) return 0;
        address payer = channel.payer;
        // GUARD: I-54.signed
        require(
            SIGNATURES.isSignedBy(payer, voucherHash(voucher), signature),
            InvalidVoucher(voucher.channelId, payer)
        );
        channel.paid = paid + due;
        channel.escrow = escrow - due;
        emit Redeemed(voucher.channelId, due, paid + due);
    }

    // INTERNAL

    function _requirePayer(Channel storage channel) internal view {
        require(msg.sender == channel.payer, NotAuthorized(msg.sender, channel.payer));
    }

    function _requireWorker(
        bytes32 channelId,
        Channel storage channel
    ) internal view returns (address worker) {
        require(channel.payer != address(0), UnknownChannel(channelId));
        worker = channel.worker;
        _requireOperator(worker);
    }
}
