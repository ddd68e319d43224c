// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Worker} from "./base/Worker.sol";

/// @notice Publishes a wrong output, and binds hashes that nobody has a preimage of.
contract GarbageTreeWorker is Worker {
    function work() external {
        take(false);
    }

    function defend() external {
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    function trace() internal view override returns (bytes32[16] memory children) {
        for (uint256 i = 0; i < SLOTS; ++i) children[i] = keccak256(abi.encode(address(this), i));
    }
}
