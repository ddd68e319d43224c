// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../../../contracts/DisputeGame.sol";
import {ICommitments} from "../../../../contracts/interfaces/ICommitments.sol";
import {Commitment, CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {Dispute, DisputeStatus} from "../../../../contracts/types/Dispute.sol";
import {RequestStatus} from "../../../../contracts/types/Market.sol";
import {vm} from "../Vm.sol";
import {History} from "./History.sol";

/// @notice Disputes over commitments of both sources, honest and not, and what follows from a slash.
abstract contract GamePlayer is History {
    mapping(bytes32 commitId => uint256) internal pots; // gas pots that are not spent

    function challenge(uint8 which, bool friend) external {
        if (commitments.length == 0 || disputes.length >= 24) return;
        bytes32 commitId = commitments[which % commitments.length];
        DisputeGame on = gameOf(commitId);
        address by = friend ? FRIEND : CHALLENGER;
        uint32 serial = on.getBinding(commitId).disputes;
        bytes memory data = abi.encodeCall(on.challenge, (commitId, openings[commitId]));
        bool legal = isOpen(commitId);
        if (!attempt(by, address(on), data, legal, "I-28, I-29: challenge")) return;
        disputes.push(PlayedDispute(on.disputeIdOf(commitId, serial), commitId, on, false));
    }

    /// @notice The next legal move of either side in one dispute; the challenger descends into the lie, or into `slot`.
    function move(uint8 which, uint8 slot) public {
        if (disputes.length == 0) return;
        PlayedDispute memory played = disputes[which % disputes.length];
        Dispute memory d = played.on.getDispute(played.id);
        if (d.status != DisputeStatus.Open) return;
        uint256 lie = lies[d.commitId];
        uint256 target = lie == HONEST ? slot % SLOTS : lie;
        (bool workersTurn, uint64 deadline) = played.on.turn(played.id);
        if (block.timestamp > deadline) {
            played.on.timeout(played.id);
        } else if (workersTurn && !d.rooted) {
            bytes32[16] memory children = traceWith(lie);
            vm.prank(WORKER);
            played.on.bindTrace(d.commitId, children);
        } else if (workersTurn) {
            bytes memory tile = tileOf(d.position.path, d.position.path == lie);
            vm.prank(STRANGER); // anyone may show what is bound
            played.on.revealTile(d.commitId, tile);
        } else if (!d.rooted) {
            bytes32[16] memory children = traceWith(lie);
            bytes32 root = nodeHash(children);
            vm.prank(d.challenger);
            played.on.choose(played.id, root, children, uint8(target));
        } else {
            uint256 at_ = d.position.path;
            bytes memory tile = tileOf(at_, at_ == lie);
            vm.prank(d.challenger);
            played.on.proveStep(played.id, d.node, stepProof(tile));
            bool won = played.on.getDispute(played.id).status == DisputeStatus.Won;
            bool retired = !registry.isActive(programId);
            rule(won == (at_ == lie) || retired, "I-20, I-21: a proof ended against the truth");
        }
    }

    /// @notice Plays on with every dispute, so that runs reach the end of some.
    function moveAll(uint8 slot) external {
        for (uint8 i = 0; i < disputes.length; ++i) move(i, slot);
    }

    function settle(uint8 which) public {
        if (commitments.length == 0) return;
        bytes32 commitId = commitments[which % commitments.length];
        ICommitments source = sourceOf[commitId];
        Commitment memory c = source.getCommitment(commitId);
        bool due = c.status == CommitmentStatus.Slashed && !c.settled;
        bool over = block.timestamp > uint256(c.slashedAt) + tier().airgapSeconds;
        DisputeGame on = gameOf(commitId);
        (uint256 credits, uint256 burned) = (totalCredits(), vault.pendingBurn());
        uint256 escrow = vault.escrow(address(on));
        bytes memory data = abi.encodeCall(source.settle, (commitId));
        if (!attempt(KEEPER, address(source), data, due && over, "I-30: settle")) return;
        (credits, burned) = (totalCredits() - credits, vault.pendingBurn() - burned);
        uint256 pot = vault.escrow(address(on)) - escrow;
        pots[commitId] = pot;
        rule(credits + burned + pot == c.lock, "I-04: the shares are not the lock");
        rule(2 * burned >= c.lock, "I-05: less than half burned");
        rule(credits <= (c.lock * 35) / 100, "I-05, I-06: more than the shares paid out");
    }

    function settleDispute(uint8 which) public {
        if (disputes.length == 0) return;
        PlayedDispute storage played = disputes[which % disputes.length];
        Dispute memory d = played.on.getDispute(played.id);
        Commitment memory c = sourceOf[played.commitId].getCommitment(played.commitId);
        bool due = c.settled || c.status == CommitmentStatus.Refunded;
        due = due && !played.paid && d.status != DisputeStatus.Lost;
        (uint256 credits, uint256 burned) = (credit(d.challenger), vault.pendingBurn());
        bytes memory data = abi.encodeCall(played.on.settleDispute, (played.id));
        if (!attempt(KEEPER, address(played.on), data, due, "I-30, S-13: settleDispute")) return;
        played.paid = true;
        uint256 paid = credit(d.challenger) - credits;
        rule(paid >= d.bond, "S-13: a challenge that was not lost cost its bond");
        uint256 spent = paid - d.bond + vault.pendingBurn() - burned;
        rule(spent <= pots[played.commitId], "I-04: more than the pot");
        pots[played.commitId] -= spent;
    }

    function settleAll() external {
        for (uint8 i = 0; i < commitments.length; ++i) settle(i);
        for (uint8 i = 0; i < disputes.length; ++i) settleDispute(i);
    }

    /// @notice The guardian turns a slash into a refund, which it may inside the airgap only. It takes the next slash that
    /// was not settled, if there is one.
    function flip(uint8 which) external {
        if (commitments.length == 0) return;
        bytes32 commitId = commitments[which % commitments.length];
        for (uint256 i = 0; i < commitments.length; ++i) {
            bytes32 next = commitments[(which + i) % commitments.length];
            Commitment memory found = sourceOf[next].getCommitment(next);
            if (found.status == CommitmentStatus.Slashed && !found.settled) commitId = next;
        }
        ICommitments source = sourceOf[commitId];
        Commitment memory c = source.getCommitment(commitId);
        bool legal = c.status == CommitmentStatus.Slashed && !c.settled;
        legal = legal && block.timestamp <= uint256(c.slashedAt) + tier().airgapSeconds;
        uint256 stake = stakeOf(WORKER);
        bytes memory data = abi.encodeCall(source.flipToRefund, (commitId));
        if (!attempt(GUARDIAN, address(source), data, legal, "I-50, S-15: flip")) return;
        rule(stakeOf(WORKER) == stake + c.lock, "S-15: the lock came back");
        if (requestOf[commitId] != 0) ended[idOf(asked_[requestOf[commitId] - 1])] = RequestStatus.Refunded;
    }

    // INTERNAL

    /// @notice Whether a commitment may be challenged now.
    function isOpen(bytes32 commitId) internal view virtual returns (bool);
}
