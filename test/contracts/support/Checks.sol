// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @notice What tests say when something is not as it must be.
abstract contract Checks {
    /// @notice The call reverts with exactly `expected`.
    function refuse(address caller, address target, bytes memory data, bytes memory expected) internal {
        vm.prank(caller);
        (bool success, bytes memory reason) = target.call(data);
        require(!success, "the call was accepted");
        require(keccak256(reason) == keccak256(expected), "the call reverted with another error");
    }

    function fail(string memory what) internal pure {
        require(false, what);
    }

    function equal(uint256 actual, uint256 expected, string memory what) internal pure {
        require(actual == expected, string.concat(what, ": ", text(actual), " instead of ", text(expected)));
    }

    function text(uint256 value) internal pure returns (string memory) {
        if (value == 0) return "0";
        bytes memory digits;
        for (; value > 0; value /= 10) digits = bytes.concat(bytes1(uint8(48 + (value % 10))), digits);
        return string(digits);
    }
}
