// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../contracts/Parameters.sol";
import {Tier} from "../../../contracts/types/Tier.sol";
import {Base} from "./Base.sol";

/// @notice Tiers for every chain, and parameters made of one.
abstract contract Tiers is Base {
    uint32 internal constant TWO_WEEKS = 14 days;

    /// @notice A tier that is legal on every chain, each time at its floor.
    function live() internal pure returns (Tier memory t) {
        t = tier();
        t.claimSeconds = 1 minutes;
        t.deliverySeconds = 1 minutes;
        t.windowSeconds = 30 minutes;
        t.workerSeconds = 6 hours;
        t.challengerSeconds = 6 hours;
        t.floorSeconds = 10 minutes;
        t.airgapSeconds = 1 hours;
        t.inputSeconds = 10 minutes;
        t.recheckSeconds = 10 minutes;
        t.receiptSeconds = 40 minutes;
    }

    function make(Tier memory t, uint32 unbonding) public returns (Parameters) {
        Tier[] memory tiers = new Tier[](1);
        tiers[0] = t;
        return new Parameters(tiers, unbonding, governor());
    }
}
