// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeStatus} from "../../../contracts/types/Dispute.sol";
import {Case} from "./base/Ground.sol";
import {Worker} from "./base/Worker.sol";

/// @notice Lies, and makes each of its moves at the very end of its clock.
contract LastSecondWorker is Worker {
    function work() external {
        take(false);
    }

    /// @notice Waits for the end of a clock that runs against it, and moves then.
    function defend(uint8 which) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        Case memory c = arena.caseOf(ids[which % ids.length]);
        if (c.worker != address(this)) return;
        bytes32[] memory disputes = arena.disputesOf(ids[which % ids.length]);
        for (uint256 i = 0; i < disputes.length; ++i) {
            if (c.on.getDispute(disputes[i]).status != DisputeStatus.Open) continue;
            (bool workersTurn, uint64 deadline) = c.on.turn(disputes[i]);
            if (workersTurn) arena.passTo(deadline);
            break;
        }
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }
}
