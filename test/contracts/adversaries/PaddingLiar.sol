// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Case} from "./base/Ground.sol";
import {Worker} from "./base/Worker.sol";

/// @notice Binds padding where data belongs, or a node where a tile belongs.
contract PaddingLiar is Worker {
    bool internal _deeper;

    function work(bool deeper) external {
        _deeper = deeper;
        take(false);
    }

    function defend() external {
        defend(address(this));
    }

    function answer() internal pure override returns (bytes memory) {
        return outputOf(true);
    }

    function trace() internal view override returns (bytes32[16] memory children) {
        children = traceWith(SLOTS);
        children[6] = _deeper ? nodeHash(traceWith(SLOTS)) : bytes32(0);
    }

    /// @notice Shows the node that it has in place of a tile.
    function showNode(uint8 which) external {
        bytes32 commitId = pick(which, true);
        if (commitId == 0) return;
        Case memory c = arena.caseOf(commitId);
        bytes32[16] memory children = traceWith(SLOTS);
        attempt(address(c.on), abi.encodeCall(c.on.reveal, (commitId, children)));
    }
}
