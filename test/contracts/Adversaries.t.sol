// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Stage} from "./adversaries/base/Stage.sol";

/// @notice What is called at random.
contract Company is Stage {}

/// @notice All the actors at once, at random: after every call the money adds up, what has ended stays ended, the honest
/// ones have lost nothing, and no wrong result is final. At the end of each history everything ends, and the honest ones leave
/// with all that is theirs.
contract AdversariesTest {
    Company internal company;

    function setUp() public {
        company = new Company();
    }

    /// @notice Only the actors move, and time.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(company);
    }

    /// @notice The names are of what is looked at after each call; a rule that an actor found broken has its own name.
    function invariant_adversaries_I01_I02_I03_I13_I20_I21_I24_I29_S12() public {
        company.arena().check();
    }

    /// @notice I-23: nothing stays open, whoever is silent.
    function afterInvariant() public {
        company.arena().drain();
    }
}
