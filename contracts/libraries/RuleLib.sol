// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepVerifier} from "../interfaces/IStepVerifier.sol";

/// @title Holds descriptors to numbered rules.
library RuleLib {
    /// @notice Throws the number of the rule unless it holds.
    function check(bool holds, uint256 rule) internal pure {
        require(holds, IStepVerifier.MalformedDescriptor(rule));
    }
}
