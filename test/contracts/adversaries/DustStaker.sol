// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Request} from "../../../contracts/types/Market.sol";
import {vm} from "../support/Vm.sol";
import {Actor} from "./base/Actor.sol";

/// @notice Stakes next to nothing, for itself and for others, in tokens and in ether.
contract DustStaker is Actor {
    function stakeFor(uint8 whom, uint8 dust) external {
        address owner = arena.people(whom % (4 + index));
        if (dust == 0) return;
        bytes32 before = keccak256(abi.encode(on.vault.tranches(owner)));
        on.vault.stake(owner, dust);
        arena.noteGift(owner, dust);
        bool same = before == keccak256(abi.encode(on.vault.tranches(owner)));
        arena.rule(same, "I-14: a stranger's stake changed a timer");
    }

    function stakeEther(uint8 dust) external {
        vm.deal(address(this), dust);
        if (dust > 0) on.vault.stakeEther{value: dust}(address(this));
    }

    /// @notice Claims what it has no stake for.
    function claim(uint8 which) external {
        Request[] memory asked = arena.liveRequests();
        if (asked.length == 0) return;
        Request memory chosen = asked[which % asked.length];
        bool claimed = attempt(address(on.market), abi.encodeCall(on.market.claim, (chosen, address(this))));
        arena.rule(!claimed, "A31: dust backs a claim");
    }

    function unbond(uint8 dust) external {
        attempt(address(on.vault), abi.encodeCall(on.vault.requestUnbond, (dust)));
    }

    function withdraw() external {
        attempt(address(on.vault), abi.encodeCall(on.vault.withdraw, ()));
    }
}
