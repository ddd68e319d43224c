// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Dispute, DisputeStatus} from "../../../contracts/types/Dispute.sol";
import {Actor} from "./base/Actor.sol";
import {Case} from "./base/Ground.sol";

/// @notice Challenges true answers in the last second of their window, and moves in the last second of its clock.
contract LastSecondChallenger is Actor {
    function challengeLast(uint8 which) external {
        bytes32 commitId = pick(which, false);
        if (commitId == 0) return;
        Case memory c = arena.caseOf(commitId);
        uint256 until = c.source.getCommitment(commitId).challengeUntil;
        if (until == 0)
            until = c.requestId == 0 ? c.signedUntil : on.market.requestState(c.requestId).deadline;
        arena.passTo(until);
        challenge(commitId);
    }

    function moveLast(uint8 which, uint8 slot) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        bytes32 commitId = ids[which % ids.length];
        Case memory c = arena.caseOf(commitId);
        bytes32[] memory disputes = arena.disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) {
            Dispute memory d = c.on.getDispute(disputes[i]);
            if (d.challenger != address(this) || d.status != DisputeStatus.Open) continue;
            (bool workersTurn, uint64 deadline) = c.on.turn(disputes[i]);
            if (workersTurn) continue;
            arena.passTo(deadline);
            play(commitId, disputes[i], false, slot);
            return;
        }
    }
}
