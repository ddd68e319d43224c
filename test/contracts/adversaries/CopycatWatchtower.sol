// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Actor} from "./base/Actor.sol";

/// @notice Challenges whatever somebody else challenges, and computes nothing.
contract CopycatWatchtower is Actor {
    /// @notice Joins a dispute.
    function copy(uint8 which) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        bytes32 commitId = ids[which % ids.length];
        if (arena.disputesOf(commitId).length > 0) challenge(commitId);
    }

    /// @notice Repeats the choice of another, in its own dispute.
    function follow(uint8 which, uint8 slot) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        bytes32 commitId = ids[which % ids.length];
        bytes32[] memory disputes = arena.disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) play(commitId, disputes[i], false, slot);
    }
}
