// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Reveal} from "../types/Dispute.sol";
import {NodeKind} from "../types/Trace.sol";

/// @notice What was shown about one node, in one word that is written once; zero where nothing was.
struct Shown {
    uint256 packed; // a `Reveal`
}

/// @title Reveals in the storage of the dispute game.
library RevealLib {
    uint256 private constant TIME = 8; // its place in the packed word, in bits: above the kind

    function isShown(Shown storage self) internal view returns (bool) {
        return self.packed != 0;
    }

    function kind(Shown storage self) internal view returns (NodeKind) {
        // SAFETY: each field is cut to its own width.
        return NodeKind(uint8(self.packed));
    }

    function revealedAt(Shown storage self) internal view returns (uint64) {
        return uint64(self.packed >> TIME);
    }

    function reveal(Shown storage self) internal view returns (Reveal memory) {
        return Reveal({kind: kind(self), revealedAt: revealedAt(self)});
    }

    /// @notice Records that a node was shown now.
    function save(Shown storage self, NodeKind kind_) internal {
        self.packed = (block.timestamp << TIME) | uint256(kind_);
    }
}
