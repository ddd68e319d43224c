// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitment, CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {Channel, Receipt, Voucher} from "../../../../contracts/types/Receipt.sol";
import {vm} from "../Vm.sol";
import {History} from "./History.sol";

/// @notice Two payers with channels to the worker: money in and out, vouchers, receipts and their ends.
abstract contract ChannelPlayer is History {
    mapping(bytes32 commitId => Receipt) internal receipts;
    bytes32[2] internal ids;
    uint64 private _sequence;

    function openChannels() internal {
        ids[0] = channelId;
        ids[1] = openChannel(1, ESCROW, ALLOTMENT);
    }

    function deposit(uint8 which, uint64 amount) external {
        if (amount == 0) return;
        vm.prank(payerOf(which % 2));
        channels.deposit(WORKER, amount);
    }

    function requestEscrow(uint8 which, uint64 amount) external {
        Channel memory c = channelAt(which);
        bool legal = amount > 0 && c.escrow >= c.escrowLeaving && c.escrow - c.escrowLeaving >= amount;
        bytes memory data = abi.encodeCall(channels.requestEscrow, (ids[which % 2], amount));
        attempt(payerOf(which % 2), address(channels), data, legal, "S-12: requestEscrow");
    }

    function takeEscrow(uint8 which) external {
        Channel memory c = channelAt(which);
        bool legal = c.escrowLeaving > 0 && c.escrow > 0 && block.timestamp >= c.escrowFrom;
        bytes memory data = abi.encodeCall(channels.takeEscrow, (ids[which % 2]));
        attempt(payerOf(which % 2), address(channels), data, legal, "S-12: escrow left before its delay");
    }

    function allotMore(uint8 which, uint64 amount) external {
        if (amount == 0 || account(WORKER).free < amount) return;
        allot(ids[which % 2], amount);
    }

    function requestDeallot(uint8 which, uint96 amount) external {
        Channel memory c = channelAt(which);
        amount = uint96(1 + (amount % (uint256(c.allotment) + 1)));
        bool legal = c.allotment - c.allotmentLeaving >= amount;
        bytes memory data = abi.encodeCall(channels.requestDeallot, (ids[which % 2], amount));
        attempt(WORKER, address(channels), data, legal, "S-12: requestDeallot");
    }

    function takeAllotment(uint8 which) external {
        Channel memory c = channelAt(which);
        uint256 claimed = uint256(c.reserved) + c.owed;
        bool legal = c.allotmentLeaving > 0 && c.allotment > claimed && block.timestamp >= c.allotmentFrom;
        bytes memory data = abi.encodeCall(channels.takeAllotment, (ids[which % 2]));
        attempt(WORKER, address(channels), data, legal, "I-13, S-12: allotment left before its delay");
    }

    /// @notice Redeems a voucher, new or used.
    function redeemVoucher(uint8 which, uint96 total) external {
        Channel memory c = channelAt(which);
        total = uint96(total % (2 * uint256(ESCROW)));
        Voucher[] memory vouchers = new Voucher[](1);
        bytes[] memory signatures = new bytes[](1);
        vouchers[0] = voucher(ids[which % 2], total);
        signatures[0] = signVoucher(which % 2, vouchers[0]);
        uint256 due = total > c.paid ? total - c.paid : 0;
        if (due > c.escrow) due = c.escrow;
        uint256 before = token.balanceOf(WORKER);
        bytes memory data = abi.encodeCall(channels.redeem, (vouchers, signatures, WORKER));
        attempt(WORKER, address(channels), data, due > 0, "I-54: a voucher paid what it does not promise");
        rule(token.balanceOf(WORKER) == before + due, "I-54: a voucher paid another amount");
    }

    /// @notice The worker signs a receipt; nobody tells the chain.
    function issue(uint8 which, uint8 lie, uint64 liability) external {
        if (commitments.length >= 24) return;
        Receipt memory issued = receiptOn(ids[which % 2], ++_sequence, false);
        issued.liability = uint96(liability) * 4; // up to 74 tokens: two together exceed an allotment
        bytes32 commitId = commitmentOf(issued);
        receipts[commitId] = issued;
        remember(commitId, channels, opening(issued), lie % 2 == 0 ? HONEST : lie % SLOTS);
    }

    function finalizeReceipt(uint8 which) external {
        if (commitments.length == 0) return;
        bytes32 commitId = commitments[which % commitments.length];
        if (requestOf[commitId] != 0) return;
        Commitment memory c = channels.getCommitment(commitId);
        bool legal = c.status == CommitmentStatus.Open && block.timestamp > c.challengeUntil;
        legal = legal && isFree(commitId);
        bytes memory data = abi.encodeCall(channels.finalize, (commitId));
        attempt(KEEPER, address(channels), data, legal, "I-29: finalize a receipt");
    }

    function collectOwed(uint8 which) external {
        Channel memory c = channelAt(which);
        bool legal = c.owed > 0 && c.allotment > c.reserved;
        bytes memory data = abi.encodeCall(channels.collectOwed, (ids[which % 2]));
        attempt(KEEPER, address(channels), data, legal, "S-12: collectOwed");
    }

    // INTERNAL

    function channelAt(uint8 which) internal view returns (Channel memory) {
        return channels.getChannel(ids[which % 2]);
    }

    function isOpenReceipt(bytes32 commitId) internal view returns (bool) {
        Commitment memory c = channels.getCommitment(commitId);
        if (c.status == CommitmentStatus.Open) return block.timestamp <= c.challengeUntil;
        if (c.status != CommitmentStatus.None || !registry.isActive(programId)) return false;
        return block.timestamp <= receipts[commitId].challengeUntil;
    }
}
