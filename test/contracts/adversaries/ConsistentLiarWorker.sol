// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Worker} from "./base/Worker.sol";

/// @notice Makes one mistake and goes on from it honestly: everything after it follows, the output too.
contract ConsistentLiarWorker is Worker {
    uint256 internal _mistake = 4;

    function work(uint8 mistake) external {
        if (arena.room()) _mistake = mistake % SLOTS;
        take(false);
    }

    function defend() external {
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    function trace() internal view override returns (bytes32[16] memory children) {
        for (uint256 i = 0; i < SLOTS; ++i) children[i] = tileHash(tileAt(i));
    }

    function tileAt(uint256 slot) internal view override returns (bytes memory) {
        return tileOf(slot, slot >= _mistake);
    }
}
