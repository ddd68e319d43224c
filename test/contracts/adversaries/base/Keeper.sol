// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StateLib} from "../../../../contracts/libraries/StateLib.sol";
import {Commitment, CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {DisputeStatus} from "../../../../contracts/types/Dispute.sol";
import {InputRequest, InputStatus} from "../../../../contracts/types/InputRequest.sol";
import {Leaf, Request, RequestState, RequestStatus} from "../../../../contracts/types/Market.sol";
import {Channel, Demand, DemandStatus, Receipt} from "../../../../contracts/types/Receipt.sol";
import {Actor} from "./Actor.sol";
import {Case, Demanded, IHonest} from "./Ground.sol";

/// @notice Pokes whatever waits for a poke, for nothing.
contract Keeper is Actor, IHonest {
    /// @inheritdoc IHonest
    function act() external {
        Request[] memory asked = arena.liveRequests();
        for (uint256 i = 0; i < asked.length; ++i) _pokeRequest(asked[i]);
        bytes32[] memory ids = arena.live();
        for (uint256 i = 0; i < ids.length; ++i) _pokeCase(ids[i], arena.caseOf(ids[i]));
        Demanded[] memory demands = arena.demands();
        for (uint256 i = 0; i < demands.length; ++i) _pokeDemand(demands[i]);
    }

    function _pokeRequest(Request memory asked) internal {
        bytes32 requestId = on.market.requestIdOf(asked);
        RequestState memory state = on.market.requestState(requestId);
        InputRequest memory input = on.inputRequests.getInputRequest(requestId);
        bool waits = state.status == RequestStatus.InputMissing;
        if (input.status == InputStatus.Open && (!waits || block.timestamp > input.deadline)) {
            on.inputRequests.timeoutRequestInput(asked);
        }
        if (block.timestamp <= state.deadline) return;
        if (state.status == RequestStatus.Open) on.market.expire(asked);
        if (state.status == RequestStatus.Claimed) on.market.timeoutDelivery(asked);
    }

    function _pokeCase(bytes32 commitId, Case memory c) internal {
        InputRequest memory input = on.inputRequests.getInputRequest(commitId);
        Commitment memory held = c.source.getCommitment(commitId);
        if (input.status == InputStatus.Open) {
            bool stands = held.status == CommitmentStatus.Open;
            if (!stands || block.timestamp > input.deadline) on.inputRequests.timeoutInput(commitId);
        }
        bytes32[] memory disputes = arena.disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) {
            if (c.on.getDispute(disputes[i]).status != DisputeStatus.Open) continue;
            (, uint64 deadline) = c.on.turn(disputes[i]);
            if (block.timestamp > deadline) c.on.timeout(disputes[i]);
        }
        held = c.source.getCommitment(commitId);
        if (held.status == CommitmentStatus.Slashed && !held.settled) {
            if (block.timestamp > uint256(held.slashedAt) + 30) c.source.settle(commitId);
        }
        held = c.source.getCommitment(commitId);
        if (held.settled || held.status == CommitmentStatus.Refunded) _pay(c, disputes);
        _finish(commitId, c, held);
    }

    function _pay(Case memory c, bytes32[] memory disputes) internal {
        for (uint256 i = 0; i < disputes.length; ++i) {
            if (arena.paid(disputes[i])) continue;
            if (c.on.getDispute(disputes[i]).status == DisputeStatus.Lost) continue;
            c.on.settleDispute(disputes[i]);
            arena.notePaid(disputes[i]);
        }
    }

    function _finish(bytes32 commitId, Case memory c, Commitment memory held) internal {
        if (held.status == CommitmentStatus.Open && held.holds > 0) return;
        if (c.channelId != 0) {
            bool over = held.status == CommitmentStatus.Open && block.timestamp > held.challengeUntil;
            if (over) on.channels.finalize(commitId);
            Channel memory channel = on.channels.getChannel(c.channelId);
            if (channel.owed > 0 && channel.allotment > channel.reserved)
                on.channels.collectOwed(c.channelId);
            return;
        }
        (Request memory asked, Leaf memory leaf) = abi.decode(arena.opening(commitId), (Request, Leaf));
        RequestState memory state = on.market.requestState(c.requestId);
        if (state.status == RequestStatus.Committed && block.timestamp > state.deadline)
            on.market.finalize(asked);
        if (asked.consumer == address(0)) return;
        // A consumer hears of it if it can bear to; what it does is nobody else's trouble (I-43).
        bytes memory data = abi.encodeCall(on.market.deliver, (asked, leaf, arena.tiles(leaf.outputRoot)));
        if (attempt(address(on.market), data)) {
            bool took = on.market.requestState(c.requestId).flags & StateLib.DELIVERED != 0;
            arena.count(took ? "delivered" : "refused by its consumer");
        }
        attempt(address(on.market), abi.encodeCall(on.market.deliverFailure, (asked)));
    }

    function _pokeDemand(Demanded memory asked) internal {
        Demand memory demand = on.epochs.getDemand(asked.demandId);
        if (demand.status != DemandStatus.Open || block.timestamp <= demand.deadline) return;
        if (asked.isInclusion) {
            (Receipt memory issued, ) = arena.receiptOf(asked.demandId);
            on.epochs.timeoutInclusion(issued);
        } else {
            on.epochs.timeoutReceipt(1, asked.epoch, asked.channelId, asked.index);
        }
        arena.count("unanswered");
    }
}
