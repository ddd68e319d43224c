// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Actor} from "./base/Actor.sol";

/// @notice Challenges anything and never moves.
contract SilentChallenger is Actor {
    function hush(uint8 which, bool wrong) external {
        challenge(pick(which, wrong));
    }
}
