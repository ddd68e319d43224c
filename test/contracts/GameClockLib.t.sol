// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GameClockLib} from "../../contracts/libraries/GameClockLib.sol";

contract GameClockLibTest {
    function clocks(
        uint32 lastMoveAt,
        uint32 worker,
        uint32 challenger
    ) internal pure returns (GameClockLib.Clocks memory) {
        return GameClockLib.Clocks(lastMoveAt, worker, challenger);
    }

    function testFuzz_turn_silence_isTheWorkers(uint32 last, uint32 worker, uint32 challenger) public pure {
        (bool workersTurn, uint64 startedAt, uint64 deadline) = GameClockLib.turn(
            clocks(last, worker, challenger),
            0
        );
        require(workersTurn && startedAt == last && deadline == uint64(last) + worker, "silence");
    }

    function testFuzz_turn_responseAroundTheDeadline(
        uint32 last,
        uint32 worker,
        uint32 challenger
    ) public pure {
        uint64 end = uint64(last) + worker;
        if (end == 0) return;
        GameClockLib.Clocks memory c = clocks(last, worker, challenger);
        (bool workersTurn, uint64 startedAt, uint64 deadline) = GameClockLib.turn(c, end);
        require(!workersTurn && startedAt == end && deadline == end + challenger, "at the deadline");
        (workersTurn, startedAt, deadline) = GameClockLib.turn(c, end + 1);
        require(workersTurn && deadline == end, "a late answer has lost already");
    }

    function testFuzz_turn_earlierReveal_startsWithTheMove(
        uint32 last,
        uint32 early,
        uint32 seconds_
    ) public pure {
        if (early == 0 || early > last) return;
        (bool workersTurn, uint64 startedAt, ) = GameClockLib.turn(clocks(last, seconds_, seconds_), early);
        require(!workersTurn && startedAt == last, "what was shown before costs the worker nothing");
    }

    function testFuzz_afterMove_floorIsTheOnlyGain_I25(
        uint32 last,
        uint32 worker,
        uint32 challenger,
        uint32 workerTook,
        uint32 challengerTook,
        uint32 floorSeconds
    ) public pure {
        workerTook = uint32(workerTook % (uint256(worker) + 1));
        challengerTook = uint32(challengerTook % (uint256(challenger) + 1));
        uint64 startedAt = uint64(last) + workerTook;
        uint64 time = startedAt + challengerTook;
        GameClockLib.Clocks memory next = GameClockLib.afterMove(
            clocks(last, worker, challenger),
            startedAt,
            time,
            floorSeconds
        );
        require(next.lastMoveAt == time, "time");
        uint32 left = worker - workerTook;
        require(next.workerSeconds == (left > floorSeconds ? left : floorSeconds), "worker");
        left = challenger - challengerTook;
        require(next.challengerSeconds == (left > floorSeconds ? left : floorSeconds), "challenger");
    }
}
