// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHonest} from "./base/Ground.sol";
import {Worker} from "./base/Worker.sol";

/// @notice Has the same trace as the honest worker, and shows what that one does not show in time.
contract HonestBackup is Worker, IHonest {
    address internal _behind;

    function backUp(address worker) external {
        if (_behind == address(0)) _behind = worker;
    }

    function begin() internal override {}

    /// @inheritdoc IHonest
    function act() external {
        defendBound(_behind);
    }
}
