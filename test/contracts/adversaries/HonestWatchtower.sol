// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InputRequest, InputStatus} from "../../../contracts/types/InputRequest.sol";
import {DemandStatus, EntryProof, Receipt, SessionSignature} from "../../../contracts/types/Receipt.sol";
import {Actor} from "./base/Actor.sol";
import {Case, Demanded, IFrontRunner, IHonest, PostedEpoch} from "./base/Ground.sol";

/// @notice Executes every answer that it can see. It challenges what is wrong, with its own bond, and plays to the end; it asks for
/// inputs that it cannot find, exposes who says two things, and holds workers to their epochs.
contract HonestWatchtower is Actor, IHonest {
    /// @inheritdoc IHonest
    function act() external {
        bytes32[] memory ids = arena.live();
        for (uint256 i = 0; i < ids.length; ++i) _look(ids[i], arena.caseOf(ids[i]), ids);
        _lookAtEpoch();
    }

    function _look(bytes32 commitId, Case memory c, bytes32[] memory ids) internal {
        bytes32[] memory disputes = arena.disputesOf(commitId);
        bool mine = false;
        for (uint256 i = 0; i < disputes.length; ++i) {
            if (c.on.getDispute(disputes[i]).challenger != address(this)) continue;
            mine = true;
            _playOn(commitId, disputes[i]);
        }
        if (mine || c.isPrivate || !isOpen(commitId, c)) return;
        if (c.channelId != 0) _holdToEpoch(commitId, c);
        if (arena.inputs(c.inputRoot).length == 0) return _askInput(commitId, c);
        if (!c.isWrong || _expose(commitId, c, ids)) return;
        send(address(c.on), abi.encodeCall(c.on.challenge, (commitId, arena.opening(commitId))));
        arena.count("challenge");
        _playOn(commitId, c.on.disputeIdOf(commitId, c.on.getBinding(commitId).disputes - 1));
    }

    /// @notice It moves for as long as it is its turn: what it needs may have been shown for another's dispute, and padding needs
    /// no answer.
    function _playOn(bytes32 commitId, bytes32 disputeId) internal {
        play(commitId, disputeId, true, 0);
        play(commitId, disputeId, true, 0);
    }

    /// @notice Two answers of one worker to one question need no dispute.
    function _expose(bytes32 commitId, Case memory c, bytes32[] memory ids) internal returns (bool) {
        for (uint256 i = 0; i < ids.length; ++i) {
            Case memory other = arena.caseOf(ids[i]);
            if (other.worker != c.worker || other.inputRoot != c.inputRoot || other.isWrong) continue;
            if (!isOpen(ids[i], other)) continue;
            on.equivocation.expose(
                address(c.source),
                arena.opening(commitId),
                address(other.source),
                arena.opening(ids[i])
            );
            arena.count("exposed");
            return true;
        }
        return false;
    }

    function _askInput(bytes32 commitId, Case memory c) internal {
        InputRequest memory input = on.inputRequests.getInputRequest(commitId);
        if (input.status != InputStatus.None) return;
        on.inputRequests.requestInput(address(c.source), commitId, arena.opening(commitId));
        arena.noteQuestion(commitId);
        arena.count("asked for an input");
    }

    /// @notice A receipt that does not lie in its epoch is asked for.
    function _holdToEpoch(bytes32 commitId, Case memory c) internal {
        (Receipt memory issued, SessionSignature memory signature) = arena.receiptOf(commitId);
        uint64 epoch = issued.issuedAt / 25;
        if (block.timestamp < (epoch + 2) * 25 || arena.included(commitId)) return;
        if (on.epochs.getDemand(commitId).status != DemandStatus.None) return;
        on.epochs.demandInclusion(issued, signature, "");
        arena.noteDemand(Demanded(commitId, epoch, c.channelId, 0, true));
        arena.count("asked for inclusion");
    }

    function _lookAtEpoch() internal {
        (bool any, PostedEpoch memory posted) = arena.lastEpoch();
        if (!any || posted.entry.sum <= on.channels.getChannel(posted.entry.channelId).allotment) return;
        EntryProof memory proof;
        proof.entry = posted.entry;
        bytes memory data = abi.encodeCall(on.epochs.overCommitted, (1, posted.epoch, proof));
        if (attempt(address(on.epochs), data)) arena.count("over-committed");
    }

    /// @notice Everybody sees what it sends before it lands.
    function send(address target, bytes memory data) internal override {
        IFrontRunner thief = arena.frontRunner();
        if (address(thief) != address(0)) thief.seen(target, data);
        (bool success, bytes memory reason) = target.call(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
