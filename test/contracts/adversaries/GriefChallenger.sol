// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Actor} from "./base/Actor.sol";

/// @notice Pays many bonds to make honest workers move.
contract GriefChallenger is Actor {
    /// @notice Challenges true answers, one after another.
    function grief(uint8 which) external {
        challenge(pick(which, false));
        challenge(pick(which + 1, false));
    }

    /// @notice Descends anywhere, so that as much as possible must be shown.
    function descend(uint8 which, uint8 slot) external {
        bytes32 commitId = pick(which, false);
        if (commitId == 0) return;
        bytes32[] memory disputes = arena.disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) play(commitId, disputes[i], false, slot + uint8(i));
    }
}
