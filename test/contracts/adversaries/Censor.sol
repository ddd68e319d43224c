// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Actor} from "./base/Actor.sol";

/// @notice Keeps honest transactions out for as long as the clocks allow for.
contract Censor is Actor {
    function censor(uint8 seconds_) external {
        arena.delayHonest(seconds_);
    }

    function censorMost() external {
        arena.delayHonest(10);
    }
}
