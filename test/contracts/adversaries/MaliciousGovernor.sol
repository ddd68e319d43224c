// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tier} from "../../../contracts/types/Tier.sol";
import {Actor} from "./base/Actor.sol";

/// @notice Proposes whatever the bounds let pass, and wants it at once.
contract MaliciousGovernor is Actor {
    uint64 internal _from;

    function propose(uint96 minLock, uint32 window, uint32 airgap) external {
        Tier memory added = on.parameters.tier(1);
        added.minLock = added.minLock / 2 + ((minLock * 1e18) % added.minLock);
        added.windowSeconds = window % 100;
        added.airgapSeconds = airgap % 60;
        if (!attempt(address(on.parameters), abi.encodeCall(on.parameters.propose, (added)))) return;
        _from = uint64(block.timestamp) + on.parameters.changeSeconds();
    }

    function activate() external {
        uint16 next = on.parameters.versions() + 1;
        bool active = attempt(address(on.parameters), abi.encodeCall(on.parameters.activate, (next)));
        arena.rule(!active || block.timestamp >= _from, "I-52: a version was active early");
        if (active) arena.count("version");
    }

    function cancel() external {
        attempt(address(on.parameters), abi.encodeCall(on.parameters.cancelProposal, ()));
    }

    /// @notice I-50: a governor has no other power.
    function seize(uint8 which) external {
        bytes32[] memory ids = arena.live();
        if (ids.length == 0) return;
        bytes32 commitId = ids[which % ids.length];
        bool slashed = attempt(
            address(on.market),
            abi.encodeCall(on.market.slash, (commitId, address(this)))
        );
        bool flipped = attempt(address(on.market), abi.encodeCall(on.market.flipToRefund, (commitId)));
        bool paused = attempt(address(on.market), abi.encodeCall(on.market.pauseNew, (60)));
        bool moved = attempt(
            address(on.vault),
            abi.encodeCall(on.vault.slashToEscrow, (arena.people(which % 9), 1))
        );
        arena.rule(!slashed && !flipped && !paused && !moved, "I-50: a governor moved what is another's");
    }
}
