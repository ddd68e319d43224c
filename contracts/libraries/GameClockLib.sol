// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Whose turn it is in a dispute and until when: derived, never stored.
/// @dev The twin of sdk/protocol/clock.ts. Times are unix seconds; `respondedAt` is when the worker answered the
/// challenger's last move, zero while it has not.
library GameClockLib {
    /// @notice What is left to both sides, as of the challenger's last move.
    struct Clocks {
        uint64 lastMoveAt;
        uint32 workerSeconds;
        uint32 challengerSeconds;
    }

    /// @notice Whose clock runs since when and until when. On the worker's turn a passed deadline means that it has lost,
    /// be it by silence or by a late answer.
    function turn(
        Clocks memory clocks,
        uint64 respondedAt
    ) internal pure returns (bool workersTurn, uint64 startedAt, uint64 deadline) {
        startedAt = clocks.lastMoveAt;
        deadline = startedAt + clocks.workerSeconds;
        if (respondedAt == 0 || respondedAt > deadline) return (true, startedAt, deadline);
        if (respondedAt > startedAt) startedAt = respondedAt;
        deadline = startedAt + clocks.challengerSeconds;
    }

    /// @notice The clocks after a legal move of the challenger at `time`: each side pays for its own time and keeps at
    /// least the floor.
    /// @param startedAt When the challenger's turn began, from `turn`.
    function afterMove(
        Clocks memory clocks,
        uint64 startedAt,
        uint64 time,
        uint32 floorSeconds
    ) internal pure returns (Clocks memory) {
        // SAFETY: on the challenger's turn both sides spent no more than they had, so neither difference wraps and both
        // spans fit 32 bits.
        unchecked {
            uint32 worker = clocks.workerSeconds - uint32(startedAt - clocks.lastMoveAt);
            uint32 challenger = clocks.challengerSeconds - uint32(time - startedAt);
            return
                Clocks({
                    lastMoveAt: time,
                    workerSeconds: worker > floorSeconds ? worker : floorSeconds,
                    challengerSeconds: challenger > floorSeconds ? challenger : floorSeconds
                });
        }
    }
}
