// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Issuer} from "./base/Issuer.sol";

/// @notice Leaves the last receipt of each epoch out of its root.
contract OmittingWorker is Issuer {
    function issue(bool lie) external {
        sign(lie, 10e18, tileHash(INPUT));
    }

    function shown(uint256 count) internal pure override returns (uint256) {
        return count - 1;
    }

    function post() external {
        postEpochs();
    }

    function answerAll() external {
        answerDemands();
    }

    function allotAgain() external {
        if (free() >= ALLOTMENT && on.channels.backing(channelId) < ALLOTMENT / 4) {
            on.channels.allot(channelId, ALLOTMENT);
        }
    }
}
