// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Receipt, SessionSignature} from "../../../contracts/types/Receipt.sol";
import {Actor} from "./base/Actor.sol";
import {Case, Demanded, PostedEpoch} from "./base/Ground.sol";

/// @notice Asks honest workers for inputs and receipts that it does not need.
contract InputGriefer is Actor {
    function askInput(uint8 which) external {
        bytes32 commitId = pick(which, false);
        if (commitId == 0) return;
        Case memory c = arena.caseOf(commitId);
        attempt(
            address(on.inputRequests),
            abi.encodeCall(
                on.inputRequests.requestInput,
                (address(c.source), commitId, arena.opening(commitId))
            )
        );
    }

    function askReceipt(uint8 which) external {
        (bool any, PostedEpoch memory posted) = arena.lastEpoch();
        if (!any || arena.demands().length >= 6) return;
        bytes memory data = abi.encodeCall(
            on.epochs.demandReceipt,
            (1, posted.epoch, posted.entry.channelId, which % 3)
        );
        if (!attempt(address(on.epochs), data)) return;
        bytes32 demandId = on.epochs.demandIdOf(1, posted.epoch, posted.entry.channelId, which % 3);
        arena.noteDemand(Demanded(demandId, posted.epoch, posted.entry.channelId, which % 3, false));
    }

    function askInclusion(uint8 which) external {
        bytes32 commitId = pick(which, false);
        if (commitId == 0 || arena.demands().length >= 6) return;
        Case memory c = arena.caseOf(commitId);
        if (c.channelId == 0) return;
        (Receipt memory issued, SessionSignature memory signature) = arena.receiptOf(commitId);
        bytes memory data = abi.encodeCall(on.epochs.demandInclusion, (issued, signature, ""));
        if (!attempt(address(on.epochs), data)) return;
        arena.noteDemand(Demanded(commitId, issued.issuedAt / 25, c.channelId, 0, true));
    }
}
