// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {InputStatus} from "../../contracts/types/InputRequest.sol";
import {DemandStatus} from "../../contracts/types/Receipt.sol";
import {PostedEpoch} from "./adversaries/base/Ground.sol";
import {Play} from "./adversaries/base/Play.sol";

/// @notice Each hostile customer, signer of receipts and holder of an office in a short play: its attack is really made, and
/// ends as it must.
contract AdversariesTradeTest is Play {
    // CUSTOMERS

    function test_RevertingConsumer_I43() public {
        does("RevertingConsumer", "buy(bool)", 0);
        turns(4, 40);
        equal(times("true final"), 1, "answers that became final");
        require(times("refused by its consumer") > 0, "it was not called");
        equal(times("delivered"), 0, "deliveries");
    }

    function test_ReturnBombConsumer_I43() public {
        does("ReturnBombConsumer", "buy(bool)", 1);
        turns(4, 40);
        equal(times("true final"), 1, "answers that became final");
        require(times("refused by its consumer") > 0, "it was not called");
        equal(times("delivered"), 0, "deliveries");
    }

    function test_ReentrantConsumer_I43() public {
        does("ReentrantConsumer", "buy(bool)", 1);
        turns(4, 40);
        equal(times("true final"), 1, "answers that became final");
        equal(times("reentered"), 1, "calls back");
        equal(times("delivered"), 1, "deliveries");
    }

    function test_BlocklistedReceiver_I43() public {
        does("BlocklistedReceiver", "buy()");
        equal(arena.liveRequests().length, 1, "its question");
        does("BlocklistedReceiver", "work()");
        does("BlocklistedReceiver", "block_(bool)", 1);
        turns(4, 40);
        equal(times("true final"), 2, "answers that became final");
        uint256 due = accountOf("BlocklistedReceiver").credit;
        require(due > 0, "nothing to receive");
        uint256 before = balanceOf("BlocklistedReceiver");
        does("BlocklistedReceiver", "takeCredit()");
        equal(accountOf("BlocklistedReceiver").credit, due, "credit while it is blocked");
        does("BlocklistedReceiver", "block_(bool)", 0);
        does("BlocklistedReceiver", "takeCredit()");
        equal(balanceOf("BlocklistedReceiver"), before + due, "paid");
    }

    function test_DustStaker_A31_I14() public {
        uint256 before = accountOf("HonestWorker").free;
        does("DustStaker", "stakeFor(uint8,uint8)", 3, 7);
        equal(accountOf("HonestWorker").free, before + 7, "its gift");
        does("DustStaker", "stakeEther(uint8)", 9);
        equal(accountOf("DustStaker").free, 9, "its stake");
        does("RevertingConsumer", "buy(bool)", 0);
        does("DustStaker", "claim(uint8)", 0);
        does("DustStaker", "unbond(uint8)", 9);
        equal(accountOf("DustStaker").unbonding, 9, "on its way out");
        turns(1, UNBONDING);
        does("DustStaker", "withdraw()");
        equal(wealthOf("DustStaker"), broughtBy("DustStaker") + 2, "what it has");
        equal(accountOf("DustStaker").unbonding, 0, "left in the queue");
    }

    function test_InputHider_hides_S09() public {
        does("InputHider", "ask()");
        turns(1, 5);
        equal(times("missed an input"), 1, "questions back");
        turns(4, 60);
        equal(arena.liveRequests().length, 0, "questions that stayed open");
        require(wealthOf("InputHider") < broughtBy("InputHider"), "hiding was free");
    }

    function test_InputHider_showsAtLast_S09() public {
        does("InputHider", "ask()");
        bytes32 inputRoot = arena.liveRequests()[0].inputRoot;
        turns(1, 5);
        does("InputHider", "show(uint8)", 0);
        require(arena.inputs(inputRoot).length > 0, "it did not show its input");
        turns(4, 40);
        equal(times("true final"), 1, "answers that became final");
    }

    function test_InputHider_colludes_S09() public {
        bytes32 commitId = lie("InputHider", "collude()");
        turns(1, 5);
        equal(times("asked for an input"), 1, "questions of the watchtower");
        turns(4, 40);
        slashed(commitId);
    }

    function test_InputGriefer_paysForInputs_S09() public {
        does("HonestWorker", "work(bool)", 1);
        bytes32 commitId = last();
        does("InputGriefer", "askInput(uint8)", 0);
        require(statusOfInput(commitId) == InputStatus.Open, "it did not ask");
        turns(1, 5);
        require(statusOfInput(commitId) == InputStatus.Shown, "the worker did not show its input");
        turns(4, 40);
        equal(times("true final"), 1, "answers that became final");
        require(wealthOf("InputGriefer") < broughtBy("InputGriefer"), "asking was free");
    }

    function test_InputGriefer_paysForReceipts_S12() public {
        does("HonestWorker", "issue(uint64)", 7);
        bytes32 commitId = last();
        turns(3, 26);
        (, PostedEpoch memory posted) = arena.lastEpoch();
        does("InputGriefer", "askReceipt(uint8)", 0);
        bytes32 demandId = arena.ground().epochs.demandIdOf(1, posted.epoch, posted.entry.channelId, 0);
        does("InputGriefer", "askInclusion(uint8)", 0);
        equal(arena.demands().length, 2, "questions");
        turns(1, 5);
        require(statusOfDemand(demandId) == DemandStatus.Answered, "the receipt was not shown");
        require(statusOfDemand(commitId) == DemandStatus.Answered, "its place was not shown");
        require(wealthOf("InputGriefer") < broughtBy("InputGriefer"), "asking was free");
    }

    // SIGNERS OF RECEIPTS

    function test_ReceiptEquivocator_S11() public {
        bytes32 commitId = lie("ReceiptEquivocator", "sayBoth(uint64)", 7);
        turns(1, 5);
        equal(times("exposed"), 1, "exposed");
        slashed(commitId);
        commitId = lie("ReceiptEquivocator", "sayElsewhere()");
        turns(1, 26);
        equal(times("exposed"), 2, "exposed");
        slashed(commitId);
        does("ReceiptEquivocator", "post()");
        does("ReceiptEquivocator", "allotAgain()");
    }

    function test_OverCommitter_A27() public {
        does("OverCommitter", "overCommit()");
        turns(1, 26);
        uint256 before = wealthOf("OverCommitter");
        does("OverCommitter", "post()");
        (, PostedEpoch memory posted) = arena.lastEpoch();
        equal(posted.entry.sum, 180e18, "promised");
        does("InputGriefer", "askReceipt(uint8)", 0);
        bytes32 demandId = arena.ground().epochs.demandIdOf(1, posted.epoch, posted.entry.channelId, 0);
        does("OverCommitter", "answerAll()");
        require(statusOfDemand(demandId) == DemandStatus.Answered, "the receipt was not shown");
        turns(1, 5);
        equal(times("over-committed"), 1, "proven");
        require(wealthOf("OverCommitter") < before, "it lost nothing");
        does("OverCommitter", "allotAgain()");
    }

    function test_OmittingWorker_S12() public {
        does("OmittingWorker", "issue(bool)", 0);
        does("OmittingWorker", "issue(bool)", 0);
        bytes32 omitted = last();
        turns(1, 26);
        does("OmittingWorker", "post()");
        require(!arena.included(omitted), "nothing was left out");
        turns(2, 26);
        equal(times("asked for inclusion"), 1, "questions of the watchtower");
        does("OmittingWorker", "answerAll()");
        turns(4, 60);
        equal(times("unanswered"), 1, "without an answer");
        slashed(omitted);
        does("OmittingWorker", "allotAgain()");
    }

    function test_VoucherReplayer_I54() public {
        uint256 before = balanceOf("VoucherReplayer");
        does("VoucherReplayer", "earn(uint64)", 10);
        does("VoucherReplayer", "redeem(uint96)", 6);
        equal(balanceOf("VoucherReplayer"), before + 6, "paid");
        does("VoucherReplayer", "redeem(uint96)", 10);
        does("VoucherReplayer", "redeem(uint96)", 6);
        does("VoucherReplayer", "redeem(uint96)", 10);
        equal(balanceOf("VoucherReplayer"), before + 10, "paid in the end");
        does("HonestWorker", "issue(uint64)", 7);
        turns(2, 26);
        (bool any, ) = arena.lastEpoch();
        require(any, "there is no other channel to name");
        does("VoucherReplayer", "redeemElsewhere(uint96)", 10);
        equal(balanceOf("VoucherReplayer"), before + 10, "paid over another channel");
    }

    // OFFICES

    function test_MaliciousGovernor_I50_I52() public {
        does("HonestWorker", "work(bool)", 0);
        does("MaliciousGovernor", "seize(uint8)", 0);
        require(statusOf(last()) == CommitmentStatus.None, "seized");
        does("MaliciousGovernor", "propose(uint96,uint32,uint32)", 255, 60, 30);
        does("MaliciousGovernor", "activate()");
        equal(arena.ground().parameters.versions(), 1, "versions at once");
        turns(2, arena.ground().parameters.changeSeconds());
        does("MaliciousGovernor", "activate()");
        equal(times("version"), 1, "versions");
        does("MaliciousGovernor", "cancel()");
    }

    function test_ConfusedGuardian_I51_S15() public {
        does("ConfusedGuardian", "pause(uint32)", 20);
        does("RevertingConsumer", "buy(bool)", 0);
        equal(arena.liveRequests().length, 0, "questions during the pause");
        turns(1, 60);
        bytes32 commitId = lie("WrongOutputWorker", "work()");
        defended("WrongOutputWorker", 5);
        slashed(commitId);
        does("ConfusedGuardian", "flip(uint8)", 0);
        equal(times("flipped"), 1, "flips");
        require(statusOf(commitId) == CommitmentStatus.Refunded, "not flipped");
    }

    function statusOfInput(bytes32 id) internal view returns (InputStatus) {
        return arena.ground().inputRequests.getInputRequest(id).status;
    }

    function statusOfDemand(bytes32 demandId) internal view returns (DemandStatus) {
        return arena.ground().epochs.getDemand(demandId).status;
    }
}
