// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeStatus} from "../types/Dispute.sol";
import {Position, Section} from "../types/Trace.sol";
import {GameClockLib} from "./GameClockLib.sol";

/// @notice Where one dispute stands: all that a move reads and writes, in three slots.
/// @dev `node` means nothing until the challenger has chosen a node below one of the committed roots.
struct Descent {
    bytes32 commitId;
    bytes32 node;
    DisputeStatus status;
    Section section;
    uint8 depth;
    uint64 path;
    uint40 lastMoveAt;
    uint32 workerSeconds;
    uint32 challengerSeconds;
    uint32 gasOwed;
    uint32 serial;
}

/// @title Descents in the storage of the dispute game.
library DescentLib {
    /// @notice Whether the challenger has chosen a node yet. Never told from the node's hash: the worker picks those.
    function isRooted(Descent storage self) internal view returns (bool) {
        return self.depth > 0 || self.section == Section.Output;
    }

    function position(Descent storage self) internal view returns (Position memory) {
        return Position({section: self.section, depth: self.depth, path: self.path});
    }

    /// @notice The position of child `index`; the caller has checked that there is one.
    function child(Descent storage self, uint8 index) internal view returns (Position memory) {
        return Position({section: self.section, depth: self.depth + 1, path: (self.path << 4) | index});
    }

    function clocks(Descent storage self) internal view returns (GameClockLib.Clocks memory) {
        return
            GameClockLib.Clocks({
                lastMoveAt: self.lastMoveAt,
                workerSeconds: self.workerSeconds,
                challengerSeconds: self.challengerSeconds
            });
    }

    /// @notice Moves on to `next`, with what the move left on the clocks.
    function advance(
        Descent storage self,
        Position memory next,
        GameClockLib.Clocks memory left,
        uint32 moveGas
    ) internal {
        self.section = next.section;
        self.depth = next.depth;
        self.path = next.path;
        self.lastMoveAt = uint40(left.lastMoveAt);
        self.workerSeconds = left.workerSeconds;
        self.challengerSeconds = left.challengerSeconds;
        // SAFETY: a descent has at most 16 moves.
        unchecked {
            self.gasOwed += moveGas;
        }
    }
}
