// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Request} from "../../../contracts/types/Market.sol";
import {Worker} from "./base/Worker.sol";

/// @notice Asks with an input that it keeps to itself until it pays to show it, and answers itself what nobody can check.
contract InputHider is Worker {
    mapping(bytes32 inputRoot => bytes) internal _secrets;

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    /// @notice A trap: who claims this cannot compute it.
    function ask() external {
        _ask();
    }

    /// @notice Asks itself, and answers wrong.
    function collude() external {
        if (free() < 100e18) return;
        Request memory made = _ask();
        if (made.fee > 0) publish(made, true);
    }

    function _ask() internal returns (Request memory made) {
        if (!arena.room()) return made;
        made = arena.newQuestion(address(this), FEE);
        bytes memory secret = abi.encodePacked(uint64(made.salt));
        (made.inputRoot, made.inputPosted) = (tileHash(secret), false);
        _secrets[made.inputRoot] = secret;
        if (!attempt(address(on.market), abi.encodeCall(on.market.request, (made, "")))) {
            made.fee = 0;
            return made;
        }
        arena.noteRequest(made);
    }

    /// @notice Shows the input to the worker that waits for it, or to whoever asked about its own answer.
    function show(uint8 which) external {
        bytes32[] memory path;
        Request[] memory asked = arena.liveRequests();
        bytes32[] memory ids = arena.live();
        if (asked.length > 0) {
            Request memory chosen = asked[which % asked.length];
            bytes memory secret = _secrets[chosen.inputRoot];
            bytes memory data = abi.encodeCall(on.inputRequests.postRequestInput, (chosen, 0, secret, path));
            if (attempt(address(on.inputRequests), data)) arena.noteInput(secret);
        }
        if (ids.length > 0) {
            bytes32 commitId = ids[which % ids.length];
            bytes memory secret = _secrets[arena.caseOf(commitId).inputRoot];
            bytes memory data = abi.encodeCall(on.inputRequests.postInput, (commitId, 0, secret, path));
            if (attempt(address(on.inputRequests), data)) arena.noteInput(secret);
        }
    }
}
