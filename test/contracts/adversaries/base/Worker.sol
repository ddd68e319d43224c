// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Dispute, DisputeStatus} from "../../../../contracts/types/Dispute.sol";
import {InputStatus} from "../../../../contracts/types/InputRequest.sol";
import {Answer, Request} from "../../../../contracts/types/Market.sol";
import {Section} from "../../../../contracts/types/Trace.sol";
import {Actor} from "./Actor.sol";
import {Case} from "./Ground.sol";

/// @notice Somebody with stake who answers and defends what it answered: truly, unless what is overridden says otherwise.
abstract contract Worker is Actor {
    function begin() internal virtual override {
        on.vault.stake(address(this), STAKE);
    }

    function answer() internal view virtual returns (bytes memory) {
        return outputOf(false);
    }

    function trace() internal view virtual returns (bytes32[16] memory) {
        return traceWith(SLOTS);
    }

    function tileAt(uint256 slot) internal view virtual returns (bytes memory) {
        return tileOf(slot, false);
    }

    function take(bool hidden) internal returns (bytes32 commitId) {
        if (!arena.room() || free() < 100e18) return 0;
        return publish(arena.ask(FEE, hidden), true);
    }

    function publish(Request memory asked, bool claims) internal returns (bytes32 commitId) {
        if (claims) on.market.claim(asked, address(this));
        Answer[] memory answers = new Answer[](1);
        answers[0] = Answer({request: asked, passes: 1, output: answer()});
        on.market.commit(answers);
        return arena.notePublished(asked, answers[0].output);
    }

    /// @notice Answers every dispute about `worker` that waits for it.
    function defend(address worker) internal {
        bytes32[] memory ids = arena.live();
        for (uint256 i = 0; i < ids.length; ++i) {
            Case memory c = arena.caseOf(ids[i]);
            if (c.worker == worker) _defend(ids[i], c);
        }
    }

    /// @notice The same where a root is bound already; nothing but its tiles can be shown for another.
    function defendBound(address worker) internal {
        bytes32[] memory ids = arena.live();
        for (uint256 i = 0; i < ids.length; ++i) {
            Case memory c = arena.caseOf(ids[i]);
            if (c.worker == worker && c.isBound) _defend(ids[i], c);
        }
    }

    function _defend(bytes32 commitId, Case memory c) internal {
        bytes32[] memory disputes = arena.disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) {
            Dispute memory d = c.on.getDispute(disputes[i]);
            if (d.status != DisputeStatus.Open) continue;
            (bool workersTurn, uint64 deadline) = c.on.turn(disputes[i]);
            if (block.timestamp > deadline) {
                if (!workersTurn) c.on.timeout(disputes[i]);
                continue;
            }
            if (!workersTurn) continue;
            if (!d.rooted) {
                if (c.isBound) continue;
                c.children = trace();
                c.on.bindTrace(commitId, c.children);
                arena.noteBound(commitId, c.children);
                c.isBound = true;
            } else {
                bytes memory tile = d.position.section == Section.Output ? answer() : tileAt(d.position.path);
                if (tile.length == 0 || tileHash(tile) != d.node) continue; // cannot
                if (!attempt(address(c.on), abi.encodeCall(c.on.revealTile, (commitId, tile)))) continue;
                arena.noteTile(tile);
            }
        }
    }

    /// @notice Posts what was asked for about the answers of this worker.
    function showInputs() internal {
        bytes32[] memory ids = arena.live();
        bytes32[] memory path;
        for (uint256 i = 0; i < ids.length; ++i) {
            Case memory c = arena.caseOf(ids[i]);
            if (c.worker != address(this)) continue;
            if (on.inputRequests.getInputRequest(ids[i]).status != InputStatus.Open) continue;
            bytes memory input = arena.inputs(c.inputRoot);
            if (input.length > 0) on.inputRequests.postInput(ids[i], 0, input, path);
        }
    }
}
