// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Worker} from "./base/Worker.sol";

/// @notice Lies, and reports itself at once, to get out what it can of its stake before another reports it.
contract SelfReporter is Worker {
    function work() external {
        take(false);
    }

    function defend() external {
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    /// @notice Challenges its own answer and proves the fault as fast as it can.
    function report(uint8 which) external {
        bytes32 commitId = pick(which, true);
        if (commitId == 0 || arena.caseOf(commitId).worker != address(this)) return;
        bytes32 disputeId = challenge(commitId);
        if (disputeId == 0) return;
        defend(address(this));
        play(commitId, disputeId, true, 0);
        defend(address(this));
        play(commitId, disputeId, true, 0);
    }

    /// @notice S-13: whatever it does, reporting itself earns nothing.
    function takeCredit() external {
        if (on.vault.account(address(this)).credit > 0) on.vault.claimCredit(address(this));
        uint256 stake =
            uint256(on.vault.account(address(this)).free) + on.vault.account(address(this)).locked;
        bool gained = on.token.balanceOf(address(this)) + stake > arena.wealth(address(this));
        arena.rule(!gained, "S-13: a worker earned by reporting itself");
    }
}
