// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitment, CommitmentStatus} from "../../../contracts/types/Commitment.sol";
import {Actor} from "./base/Actor.sol";
import {Case} from "./base/Ground.sol";

/// @notice Pauses whenever it may, and flips slashes that were right.
contract ConfusedGuardian is Actor {
    function pause(uint32 seconds_) external {
        attempt(address(on.market), abi.encodeCall(on.market.pauseNew, (1 + (seconds_ % 50))));
    }

    /// @notice S-15: inside the airgap only, and only of what was slashed.
    function flip(uint8 which) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        bytes32 commitId = ids[which % ids.length];
        Case memory c = arena.caseOf(commitId);
        Commitment memory held = c.source.getCommitment(commitId);
        bool legal =
            held.status == CommitmentStatus.Slashed && block.timestamp <= uint256(held.slashedAt) + 30;
        bool flipped = attempt(address(c.source), abi.encodeCall(c.source.flipToRefund, (commitId)));
        arena.rule(flipped == legal, "S-15: a flip");
        if (flipped) arena.count("flipped");
    }
}
