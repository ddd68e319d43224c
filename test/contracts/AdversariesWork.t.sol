// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {DisputeStatus} from "../../contracts/types/Dispute.sol";
import {Play} from "./adversaries/base/Play.sol";

/// @notice Each lying worker and each challenger in a short play: its attack is really made, and ends as it must.
contract AdversariesWorkTest is Play {
    // HONEST ONES

    function test_HonestWorker_answersAndIsPaid_I20() public {
        does("HonestWorker", "work(bool)", 0);
        does("HonestWorker", "work(bool)", 1);
        does("HonestWorker", "issue(uint64)", 7);
        turns(4, 40);
        equal(times("true final"), 2, "answers that became final");
        (bool any, ) = arena.lastEpoch();
        require(any, "no epoch was posted");
    }

    function test_HonestWatchtower_winsAndIsPaid_I21() public {
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        uint256 before = wealthOf("HonestWatchtower");
        defended("WrongOutputWorker", 8);
        slashed(commitId);
        bytes32 disputeId = arena.disputesOf(commitId)[0];
        require(disputeOf(commitId, 0).status == DisputeStatus.Won, "the dispute was not won");
        turns(2, 40);
        require(arena.paid(disputeId), "the dispute was not settled");
        require(wealthOf("HonestWatchtower") > before, "nothing was earned");
    }

    function test_HonestWatchtower_needsOneTurn_afterOthersDisputed_I21() public {
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        does("SilentChallenger", "hush(uint8,bool)", 0, 1);
        does("WrongOutputWorker", "defend()");
        require(arena.caseOf(commitId).isBound, "it did not bind its trace");
        turns(2, 100_000);
        equal(times("wrong final"), 0, "wrong answers that became final");
        slashed(commitId);
    }

    function test_HonestBackup_showsWhatTheWorkerLeaves_I20() public {
        does("HonestWorker", "leaveTiles(bool)", 1);
        does("HonestWorker", "work(bool)", 0);
        bytes32 commitId = last();
        does("GriefChallenger", "grief(uint8)", 0);
        turns(1, 5);
        does("GriefChallenger", "descend(uint8,uint8)", 0, 3);
        require(arena.tiles(tileHash(tileOf(3, false))).length == 0, "shown already");
        turns(1, 5);
        require(arena.tiles(tileHash(tileOf(3, false))).length > 0, "the tile was not shown");
        turns(4, 60);
        require(disputeOf(commitId, 0).status == DisputeStatus.Lost, "the griefer did not lose");
        equal(times("true final"), 1, "answers that became final");
    }

    // WORKERS THAT LIE

    function test_WrongOutputWorker_I21() public {
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        defended("WrongOutputWorker", 8);
        require(arena.caseOf(commitId).isBound, "it did not defend itself");
        slashed(commitId);
    }

    function test_GarbageTreeWorker_I21() public {
        bytes32 commitId = lie("GarbageTreeWorker", "work()");
        defended("GarbageTreeWorker", 40);
        require(arena.caseOf(commitId).isBound, "it did not bind its garbage");
        slashed(commitId);
    }

    function test_ConsistentLiarWorker_I21() public {
        bytes32 commitId = lie("ConsistentLiarWorker", "work(uint8)", 4);
        defended("ConsistentLiarWorker", 8);
        slashed(commitId);
        equal(disputeOf(commitId, 0).position.path, 4, "the first mistake");
    }

    function test_PaddingLiar_I21() public {
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 commitId = lie("PaddingLiar", "work(bool)", i);
            defended("PaddingLiar", 8);
            require(arena.caseOf(commitId).isBound, "it did not bind its padding");
            does("PaddingLiar", "showNode(uint8)", 0);
            defended("PaddingLiar", 40);
            slashed(commitId);
        }
    }

    function test_WithholdWorker_I21() public {
        bytes32 commitId = lie("WithholdWorker", "work(uint8)", 1);
        defended("WithholdWorker", 8);
        require(arena.caseOf(commitId).isBound, "it did not move before it fell silent");
        require(statusOf(commitId) == CommitmentStatus.Open, "it was not silent");
        turns(3, 40);
        slashed(commitId);
    }

    function test_LastSecondWorker_I21() public {
        bytes32 commitId = lie("LastSecondWorker", "work()");
        turns(1, 5);
        (, uint64 deadline) = arena.caseOf(commitId).on.turn(arena.disputesOf(commitId)[0]);
        does("LastSecondWorker", "defend(uint8)", 0);
        equal(block.timestamp, deadline, "its last second");
        equal(arena.caseOf(commitId).on.getBinding(commitId).boundAt, deadline, "bound");
        for (uint256 i = 0; i < 4; ++i) {
            turns(1, 5);
            does("LastSecondWorker", "defend(uint8)", 0);
        }
        turns(2, 40);
        slashed(commitId);
    }

    function test_SelfChallenger_I28() public {
        bytes32 commitId = lie("SelfChallenger", "work()");
        does("SelfChallenger", "challengeSelf(uint8)", 0);
        challengerIs(commitId, 0, "SelfChallenger");
        turns(1, 5);
        does("SelfChallenger", "defend()");
        does("SelfChallenger", "lose(uint8,uint8)", 0, 3);
        require(disputeOf(commitId, 0).rooted, "it did not play its own dispute");
        defended("SelfChallenger", 8);
        challengerIs(commitId, 1, "HonestWatchtower");
        slashed(commitId);
    }

    function test_SelfReporter_S13() public {
        bytes32 commitId = lie("SelfReporter", "work()");
        does("SelfReporter", "report(uint8)", 0);
        require(disputeOf(commitId, 0).status == DisputeStatus.Won, "it did not report itself");
        slashed(commitId);
        turns(3, 40);
        does("SelfReporter", "takeCredit()");
        require(wealthOf("SelfReporter") < broughtBy("SelfReporter"), "it lost nothing");
    }

    function test_UnbondRacer_I11() public {
        bytes32 commitId = lie("UnbondRacer", "work()");
        does("UnbondRacer", "issue(bool)", 1);
        bytes32 receiptId = last();
        does("UnbondRacer", "race()");
        require(accountOf("UnbondRacer").unbonding > 0, "nothing is on its way out");
        does("UnbondRacer", "takeAll()");
        defended("UnbondRacer", 8);
        slashed(commitId);
        defended("UnbondRacer", 40);
        slashed(receiptId);
        turns(2, UNBONDING);
        does("UnbondRacer", "takeAll()");
        equal(accountOf("UnbondRacer").unbonding, 0, "left in the queue");
        does("UnbondRacer", "comeBack()");
        require(accountOf("UnbondRacer").free >= 200e18, "no new stake");
    }

    // CHALLENGERS

    function test_CopycatWatchtower_I30() public {
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        turns(1, 5);
        does("CopycatWatchtower", "copy(uint8)", 0);
        challengerIs(commitId, 1, "CopycatWatchtower");
        does("WrongOutputWorker", "defend()");
        does("CopycatWatchtower", "follow(uint8,uint8)", 0, 3);
        require(disputeOf(commitId, 1).rooted, "it did not follow");
        defended("WrongOutputWorker", 8);
        require(disputeOf(commitId, 0).status == DisputeStatus.Won, "the first did not win");
        slashed(commitId);
    }

    function test_GriefChallenger_I20() public {
        does("HonestWorker", "work(bool)", 0);
        does("HonestWorker", "work(bool)", 0);
        bytes32[] memory ids = arena.live();
        does("GriefChallenger", "grief(uint8)", 0);
        turns(1, 5);
        does("GriefChallenger", "descend(uint8,uint8)", 0, 3);
        require(disputeOf(ids[0], 0).rooted, "it did not descend");
        turns(5, 40);
        for (uint256 i = 0; i < 2; ++i) {
            require(disputeOf(ids[i], 0).status == DisputeStatus.Lost, "a griefer did not lose");
        }
        equal(times("true final"), 2, "answers that became final");
    }

    function test_LastSecondChallenger_I25() public {
        does("HonestWorker", "work(bool)", 0);
        bytes32 commitId = last();
        uint256 until = block.timestamp + tier().windowSeconds;
        does("LastSecondChallenger", "challengeLast(uint8)", 0);
        equal(block.timestamp, until, "the last second of the window");
        require(disputeOf(commitId, 0).status == DisputeStatus.Open, "it did not challenge");
        turns(1, 5);
        does("LastSecondChallenger", "moveLast(uint8,uint8)", 0, 3);
        require(disputeOf(commitId, 0).rooted, "it did not move");
        turns(4, 40);
        require(disputeOf(commitId, 0).status == DisputeStatus.Lost, "it did not lose");
        equal(times("true final"), 1, "answers that became final");
    }

    function test_SilentChallenger_I23() public {
        does("HonestWorker", "work(bool)", 0);
        bytes32 commitId = last();
        does("SilentChallenger", "hush(uint8,bool)", 0, 0);
        require(disputeOf(commitId, 0).status == DisputeStatus.Open, "it did not challenge");
        turns(4, 40);
        require(disputeOf(commitId, 0).status == DisputeStatus.Lost, "it did not lose");
        equal(times("true final"), 1, "answers that became final");
    }

    function test_FrontRunner_I54() public {
        does("FrontRunner", "wake(bool)", 1);
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        turns(1, 5);
        challengerIs(commitId, 0, "FrontRunner");
        challengerIs(commitId, 1, "HonestWatchtower");
        does("FrontRunner", "showPermit(uint64)", 5);
        equal(times("permit"), 1, "permits");
        defended("WrongOutputWorker", 8);
        slashed(commitId);
    }

    function test_Reorger_I20() public {
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        does("Reorger", "forget()");
        turns(1, 5);
        equal(times("forgotten"), 1, "rounds that were taken back");
        does("WrongOutputWorker", "defend()");
        bytes32 before = keccak256(abi.encode(disputeOf(commitId, 0)));
        does("Reorger", "replay(uint8,bytes32)", 0, 7);
        require(before == keccak256(abi.encode(disputeOf(commitId, 0))), "a move of another history");
        defended("WrongOutputWorker", 8);
        slashed(commitId);
    }

    function test_Censor_I25() public {
        does("Censor", "censorMost()");
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        uint256 published = block.timestamp;
        turns(1, 30);
        equal(disputeOf(commitId, 0).lastMoveAt, published + tier().floorSeconds, "the challenge came");
        does("Censor", "censor(uint8)", 3);
        does("WrongOutputWorker", "defend()");
        published = block.timestamp;
        turns(1, 30);
        equal(disputeOf(commitId, 0).lastMoveAt, published + 3, "the choice came");
        defended("WrongOutputWorker", 12);
        slashed(commitId);
    }
}
