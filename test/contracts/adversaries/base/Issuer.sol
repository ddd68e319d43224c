// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Channel,
    Demand,
    DemandStatus,
    Entry,
    EntryProof,
    Receipt,
    SessionSignature
} from "../../../../contracts/types/Receipt.sol";
import {Demanded} from "./Ground.sol";
import {Worker} from "./Worker.sol";

/// @notice A worker with a channel that signs receipts, posts its epochs and answers what is asked about them.
abstract contract Issuer is Worker {
    uint96 internal constant ALLOTMENT = 100e18;
    uint64 internal constant EPOCH = 25;

    bytes32 internal channelId;
    uint256 internal payerIndex;
    uint256 internal sessionKey;
    uint64 internal sequence;
    mapping(uint64 epoch => Receipt[]) internal issuedIn;
    mapping(uint64 epoch => Receipt[]) internal postedIn;
    uint64[] internal toPost; // epochs with receipts

    function begin() internal virtual override {
        super.begin();
        sessionKey = uint256(uint160(address(this)));
        (bytes32 x, bytes32 y) = arena.pointOf(sessionKey);
        on.channels.setSessionKey(address(this), x, y);
        (channelId, payerIndex) = arena.openChannelWith(address(this));
        on.channels.allot(channelId, ALLOTMENT);
    }

    function closeChannel() internal override {
        Channel memory channel = on.channels.getChannel(channelId);
        if (channel.allotmentLeaving > 0) on.channels.takeAllotment(channelId);
        else if (channel.allotment > 0) on.channels.requestDeallot(channelId, channel.allotment);
    }

    function sign(bool lie, uint96 liability, bytes32 inputRoot) internal returns (bytes32 commitId) {
        if (!arena.room()) return 0;
        Receipt memory issued = arena.newReceipt(channelId, ++sequence, lie);
        issued.liability = liability;
        issued.inputRoot = inputRoot;
        uint64 epoch = issued.issuedAt / EPOCH;
        if (issuedIn[epoch].length == 0) toPost.push(epoch);
        issuedIn[epoch].push(issued);
        return arena.noteReceipt(issued, arena.signedBy(sessionKey, issued));
    }

    /// @notice How many of an epoch's receipts come under its root.
    function shown(uint256 count) internal view virtual returns (uint256) {
        return count;
    }

    function postEpochs() internal {
        for (uint256 i = toPost.length; i > 0; --i) {
            uint64 epoch = toPost[i - 1];
            if (block.timestamp < uint256(epoch + 1) * EPOCH) continue;
            toPost[i - 1] = toPost[toPost.length - 1];
            toPost.pop();
            uint256 count = shown(issuedIn[epoch].length);
            if (count == 0) continue;
            for (uint256 j = 0; j < count; ++j) postedIn[epoch].push(issuedIn[epoch][j]);
            (Entry memory entry, bytes32 root) = arena.treeOf(channelId, postedIn[epoch]);
            on.epochs.postEpoch(address(this), 1, epoch, root, uint32(count));
            arena.noteEpoch(epoch, entry, postedIn[epoch]);
        }
    }

    /// @notice Answers every demand that concerns this worker's epochs.
    function answerDemands() internal {
        Demanded[] memory demands = arena.demands();
        for (uint256 i = 0; i < demands.length; ++i) {
            Demand memory demand = on.epochs.getDemand(demands[i].demandId);
            if (demand.status != DemandStatus.Open || demands[i].channelId != channelId) continue;
            if (block.timestamp > demand.deadline) continue;
            _answer(demands[i]);
        }
    }

    function _answer(Demanded memory asked) internal {
        Receipt[] memory posted = postedIn[asked.epoch];
        if (posted.length == 0) return;
        EntryProof memory proof;
        (proof.entry, ) = arena.treeOf(channelId, posted);
        if (asked.isInclusion) {
            for (uint32 i = 0; i < posted.length; ++i) {
                if (on.channels.commitIdOf(posted[i]) != asked.demandId) continue;
                on.epochs.showInclusion(posted[i], proof, arena.placeOf(posted, i));
            }
        } else if (asked.index < posted.length) {
            Receipt memory found = posted[asked.index];
            SessionSignature memory signature = arena.signedBy(sessionKey, found);
            on.epochs.showReceipt(proof, arena.placeOf(posted, asked.index), found, signature);
        } else {
            on.epochs.showAbsence(1, asked.epoch, channelId, asked.index, proof);
        }
    }
}
