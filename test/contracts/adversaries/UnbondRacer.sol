// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Issuer} from "./base/Issuer.sol";

/// @notice Lies, and takes out all that it can before it is slashed.
contract UnbondRacer is Issuer {
    function work() external {
        take(false);
    }

    function defend() external {
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    /// @notice Asks for all that is free, and for its channels.
    function race() external {
        uint96 all = on.vault.account(address(this)).free;
        if (all > 0) attempt(address(on.vault), abi.encodeCall(on.vault.requestUnbond, (all)));
        attempt(address(on.channels), abi.encodeCall(on.channels.requestDeallot, (channelId, ALLOTMENT)));
    }

    function takeAll() external {
        uint256 due = 0;
        IStakeVault.Tranche[] memory tranches = on.vault.tranches(address(this));
        for (uint256 i = 0; i < tranches.length; ++i) {
            if (block.timestamp >= tranches[i].availableAt) due += tranches[i].amount;
        }
        uint256 before = on.token.balanceOf(address(this));
        attempt(address(on.vault), abi.encodeCall(on.vault.withdraw, ()));
        arena.rule(on.token.balanceOf(address(this)) == before + due, "I-11: stake left before its delay");
        attempt(address(on.channels), abi.encodeCall(on.channels.takeAllotment, (channelId)));
    }

    function comeBack() external {
        if (free() < 200e18) on.vault.stake(address(this), 200e18);
    }

    function issue(bool lie) external {
        sign(lie, 20e18, tileHash(INPUT));
    }
}
