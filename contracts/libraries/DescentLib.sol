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
    uint256 packed; // a `Standing`
}

/// @notice The third slot of a descent, unpacked: read once and written once per move.
struct Standing {
    DisputeStatus status;
    uint32 serial;
    uint32 gasOwed;
    Position position;
    GameClockLib.Clocks clocks;
}

/// @title Descents in the storage of the dispute game.
library DescentLib {
    // Places in the packed slot, in bits
    uint256 private constant STATUS = 248;
    uint256 private constant SECTION = 240;
    uint256 private constant DEPTH = 232;
    uint256 private constant PATH = 168;
    uint256 private constant LAST_MOVE = 128;
    uint256 private constant WORKER = 96;
    uint256 private constant CHALLENGER = 64;
    uint256 private constant GAS = 32;

    /// @notice Whether the challenger has chosen a node yet. Never told from the node's hash: the worker picks those.
    function isRooted(Standing memory self) internal pure returns (bool) {
        return self.position.depth > 0 || self.position.section == Section.Output;
    }

    function standing(Descent storage self) internal view returns (Standing memory found) {
        uint256 packed = self.packed;
        // SAFETY: each field is cut to its own width.
        found.status = DisputeStatus(packed >> STATUS);
        found.serial = uint32(packed);
        found.gasOwed = uint32(packed >> GAS);
        Position memory position = found.position;
        position.section = Section(uint8(packed >> SECTION));
        position.depth = uint8(packed >> DEPTH);
        position.path = uint64(packed >> PATH);
        GameClockLib.Clocks memory clocks = found.clocks;
        clocks.lastMoveAt = uint40(packed >> LAST_MOVE);
        clocks.workerSeconds = uint32(packed >> WORKER);
        clocks.challengerSeconds = uint32(packed >> CHALLENGER);
    }

    function save(Descent storage self, Standing memory now_) internal {
        Position memory position = now_.position;
        GameClockLib.Clocks memory clocks = now_.clocks;
        self.packed =
            (uint256(now_.status) << STATUS) |
            (uint256(position.section) << SECTION) |
            (uint256(position.depth) << DEPTH) |
            (uint256(position.path) << PATH) |
            (uint256(uint40(clocks.lastMoveAt)) << LAST_MOVE) |
            (uint256(clocks.workerSeconds) << WORKER) |
            (uint256(clocks.challengerSeconds) << CHALLENGER) |
            (uint256(now_.gasOwed) << GAS) |
            now_.serial;
    }
}
