// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleLib} from "./MerkleLib.sol";

/// @title Where things lie: leaves in the trace tree, elements in a tensor's layout.
library GeometryLib {
    /// @notice Depth of the trace tree of a program; at least one, so that the trace root always has 16 children.
    function traceDepth(uint256 slots, uint256 maxPasses) internal pure returns (uint256 depth) {
        depth = MerkleLib.treeDepth(slots * maxPasses);
        if (depth == 0) depth = 1;
    }
}
