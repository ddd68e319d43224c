// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Worker} from "./base/Worker.sol";

/// @notice Lies, and falls silent at the move of its choice.
contract WithholdWorker is Worker {
    uint8 internal _moves;

    function work(uint8 moves) external {
        _moves = moves % 3;
        take(false);
    }

    function defend() external {
        if (_moves == 0) return;
        --_moves;
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }
}
