// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Permit} from "../../../contracts/types/Market.sol";
import {Actor} from "./base/Actor.sol";
import {IFrontRunner} from "./base/Ground.sol";

/// @notice Sees what an honest challenger sends, and sends the same before it.
contract FrontRunner is Actor, IFrontRunner {
    bool internal _awake;

    function wake(bool awake) external {
        _awake = awake;
    }

    /// @inheritdoc IFrontRunner
    function seen(address target, bytes calldata data) external {
        if (_awake) attempt(target, data);
    }

    /// @notice Shows an honest owner's permit before it does; its deposit works all the same (A26, I-54).
    function showPermit(uint64 amount) external {
        if (amount == 0) return;
        arena.depositWithPermit(amount, this.showFirst);
    }

    function showFirst(address owner, Permit memory permit) external {
        on.token.permit(
            owner,
            address(on.vault),
            permit.value,
            permit.deadline,
            permit.v,
            permit.r,
            permit.s
        );
    }
}
