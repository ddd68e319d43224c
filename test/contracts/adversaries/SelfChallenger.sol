// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Worker} from "./base/Worker.sol";

/// @notice Lies, and takes the first place among the challengers itself, to lose or to say nothing.
contract SelfChallenger is Worker {
    function work() external {
        take(false);
    }

    function defend() external {
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    /// @notice Challenges what it published.
    function challengeSelf(uint8 which) external {
        bytes32 commitId = pick(which, true);
        if (commitId != 0 && arena.caseOf(commitId).worker == address(this)) challenge(commitId);
    }

    /// @notice Plays its own dispute, into a slot where it did not lie.
    function lose(uint8 which, uint8 slot) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        bytes32 commitId = ids[which % ids.length];
        bytes32[] memory disputes = arena.disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) play(commitId, disputes[i], false, slot);
    }
}
