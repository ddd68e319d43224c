// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Issuer} from "./base/Issuer.sol";

/// @notice Signs for more than its channel has, and posts it all.
contract OverCommitter is Issuer {
    function overCommit() external {
        sign(false, 90e18, tileHash(INPUT));
        sign(false, 90e18, tileHash(INPUT));
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
