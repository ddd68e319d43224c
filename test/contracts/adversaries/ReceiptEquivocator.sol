// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Issuer} from "./base/Issuer.sol";

/// @notice Signs two answers to one question, for two customers.
contract ReceiptEquivocator is Issuer {
    function sayBoth(uint64 liability) external {
        sign(false, 1 + uint96(liability), tileHash(INPUT));
        sign(true, 1 + uint96(liability), tileHash(INPUT));
    }

    /// @notice Publishes the truth and signs a lie.
    function sayElsewhere() external {
        take(false);
        sign(true, 5e18, tileHash(INPUT));
    }

    function post() external {
        postEpochs();
    }

    function allotAgain() external {
        if (free() >= ALLOTMENT && on.channels.backing(channelId) < ALLOTMENT / 4) {
            on.channels.allot(channelId, ALLOTMENT);
        }
    }
}
