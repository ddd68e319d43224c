// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Actor} from "./base/Actor.sol";
import {Case} from "./base/Ground.sol";

/// @notice Makes the chain forget what honest ones have just sent, and sends what it has seen of other histories.
contract Reorger is Actor {
    function forget() external {
        arena.reorganise();
    }

    /// @notice Repeats choices and reveals that name nodes of another history.
    function replay(uint8 which, bytes32 node) external {
        bytes32 commitId = pick(which, true);
        if (commitId == 0) return;
        Case memory c = arena.caseOf(commitId);
        bytes32[] memory disputes = arena.disputesOf(commitId);
        bytes32[16] memory children = traceWith(which % SLOTS);
        for (uint256 i = 0; i < disputes.length; ++i) {
            bool moved = attempt(
                address(c.on),
                abi.encodeCall(c.on.choose, (disputes[i], node, children, which % 16))
            );
            arena.rule(!moved, "A18: a move of another history was taken");
        }
    }
}
