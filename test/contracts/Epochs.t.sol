// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Epochs} from "../../contracts/Epochs.sol";
import {Parameters} from "../../contracts/Parameters.sol";
import {IChannels} from "../../contracts/interfaces/IChannels.sol";
import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IEpochs} from "../../contracts/interfaces/IEpochs.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {SumTreeLib} from "../../contracts/libraries/SumTreeLib.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {
    Demand,
    DemandStatus,
    Entry,
    EntryProof,
    Receipt,
    ReceiptProof,
    SessionSignature
} from "../../contracts/types/Receipt.sol";
import {Tier} from "../../contracts/types/Tier.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {vm} from "./support/Vm.sol";

/// @notice What holds a worker to all the receipts that it signed.
contract EpochsTest is ReceiptsTest {
    uint64 internal constant FIRST = uint64(START) / EPOCH;
    uint96 internal constant BOND = 10e18;

    Receipt[] internal issued; // on the first channel
    Entry[] internal entries;

    function setUp() public override {
        super.setUp();
        for (uint64 i = 0; i < 3; ++i) issued.push(receipt(i, false));
        entries.push(entryOf(channelId, issued));
        for (uint256 i = 1; i < 6; ++i) {
            Receipt[] memory other = new Receipt[](1);
            other[0] = receiptOn(openChannel(i, 1, LIABILITY), 1, false);
            entries.push(entryOf(other[0].channelId, other));
        }
    }

    // POST

    function test_postEpoch_4096Receipts_costsLessThan100Each_S12() public {
        vm.warp(START + EPOCH);
        bytes memory data = abi.encodeCall(epochs.postEpoch, (WORKER, 1, FIRST, keccak256("root"), 4096));
        vm.prank(WORKER);
        uint256 used = gasleft();
        (bool success, ) = address(epochs).call(data);
        used -= gasleft();
        require(success, "the root was refused");
        for (uint256 i = 0; i < data.length; ++i) used += data[i] == 0 ? 4 : 16;
        used += 21_000;
        require(used <= 4096 * 25, string.concat("an epoch costs ", text(used)));
    }

    function test_postEpoch_onceByTheWorkerAfterItsEnd_S12() public {
        bytes memory data = abi.encodeCall(epochs.postEpoch, (WORKER, 1, FIRST, entryRoot(entries), 8));
        vm.warp(START + EPOCH - 1);
        refuseEpochs(
            WORKER,
            data,
            abi.encodeWithSelector(IEpochs.EpochNotOver.selector, FIRST, START + EPOCH)
        );
        vm.warp(START + EPOCH);
        refuseEpochs(KEY, data, abi.encodeWithSelector(IEpochs.NotAuthorized.selector, KEY, WORKER));
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        vm.prank(KEY);
        epochs.postEpoch(WORKER, 1, FIRST, entryRoot(entries), 8);
        require(epochs.getEpoch(WORKER, 1, FIRST).root == entryRoot(entries), "posted by the operator");
        data = abi.encodeCall(epochs.postEpoch, (WORKER, 1, FIRST, keccak256("another face"), 8));
        refuseEpochs(
            WORKER,
            data,
            abi.encodeWithSelector(IEpochs.EpochAlreadyPosted.selector, WORKER, 1, FIRST)
        );
        bytes memory empty = abi.encodeWithSelector(IEpochs.EmptyEpoch.selector);
        refuseEpochs(WORKER, abi.encodeCall(epochs.postEpoch, (WORKER, 1, FIRST - 1, 0, 8)), empty);
        refuseEpochs(
            WORKER,
            abi.encodeCall(epochs.postEpoch, (WORKER, 1, FIRST - 1, keccak256("root"), 0)),
            empty
        );
    }

    // INCLUSION

    function test_demandInclusion_answered_paysTheWorker_S12() public {
        postAll();
        bytes32 demandId = demandInclusion(issued[1], payer);
        require(epochs.getDemand(demandId).status == DemandStatus.Open, "open");
        equal(channels.getCommitment(demandId).holds, 1, "held meanwhile");
        vm.warp(epochs.getDemand(demandId).deadline);
        epochs.showInclusion(issued[1], entryProof(entries, channelId), receiptProof(issued, 1));

        equal(credit(WORKER), (BOND * 6) / 10, "60 % of the bond");
        equal(vault.pendingBurn(), (BOND * 4) / 10, "40 % burned");
        equal(vault.escrow(address(epochs)), 0, "I-03: nothing stays");
        equal(channels.getCommitment(demandId).holds, 0, "released");
        vm.warp(START + 50 + 61);
        channels.finalize(demandId);
        equal(channelNow().allotment, ALLOTMENT, "I-20: an honest worker keeps all");
        refuseEpochs(
            KEEPER,
            abi.encodeCall(epochs.timeoutInclusion, (issued[1])),
            abi.encodeWithSelector(IEpochs.DemandNotOpen.selector, demandId)
        );
    }

    function test_demandInclusion_omittedReceipt_isSlashed_S12() public {
        postAll();
        Receipt memory omitted = issued[0];
        omitted.sequence = 9;
        bytes32 demandId = demandInclusion(omitted, payer);
        bytes32 id = channels.receiptIdOf(omitted);
        // The cheater tries every place that the tree has.
        for (uint32 i = 0; i < 3; ++i) {
            (bool shown, ) = address(epochs).call(
                abi.encodeCall(
                    epochs.showInclusion,
                    (omitted, entryProof(entries, channelId), receiptProof(issued, i))
                )
            );
            require(!shown, "an omitted receipt was shown");
        }
        require(id != bytes32(0), "there is a receipt");
        vm.warp(START + 50 + 30);
        bytes memory timeout = abi.encodeCall(epochs.timeoutInclusion, (omitted));
        refuseEpochs(
            KEEPER,
            timeout,
            abi.encodeWithSelector(IEpochs.AnswerPending.selector, demandId, START + 80)
        );
        vm.warp(START + 81);
        epochs.timeoutInclusion(omitted);
        equal(channelNow().allotment, ALLOTMENT - LIABILITY, "the liability is gone");
        equal(credit(payer), BOND, "the bond is back");
        require(channels.getCommitment(demandId).reporter == payer, "the payer reports");
        vm.warp(START + 120);
        channels.settle(demandId);
        equal(credit(payer), BOND + 3e18 + 3e18, "reward, and compensation of three fees");
    }

    function test_demandInclusion_nothingPosted_bondComesBack_S12() public {
        vm.warp(START + 50);
        bytes32 demandId = demandInclusion(issued[0], payer);
        require(epochs.getDemand(demandId).late, "the worker was late");
        vm.warp(START + 60);
        vm.prank(WORKER);
        epochs.postEpoch(WORKER, 1, FIRST, entryRoot(entries), 8);
        epochs.showInclusion(issued[0], entryProof(entries, channelId), receiptProof(issued, 0));
        equal(credit(payer), BOND, "asking was the worker's fault");
        equal(credit(WORKER), 0, "and earns it nothing");
    }

    function test_demandInclusion_rootPostedLate_bondComesBack_S12() public {
        // The attack: wait for the payer's question, and post the root in front of it.
        vm.warp(START + 50);
        vm.prank(WORKER);
        epochs.postEpoch(WORKER, 1, FIRST, entryRoot(entries), 8);
        demandInclusion(issued[0], payer);
        epochs.showInclusion(issued[0], entryProof(entries, channelId), receiptProof(issued, 0));
        demandReceipt(channelId, 1);
        epochs.showReceipt(
            entryProof(entries, channelId),
            receiptProof(issued, 1),
            issued[1],
            sign(issued[1])
        );
        equal(credit(payer), BOND, "the payer's");
        equal(credit(CHALLENGER), BOND, "and anybody's");
        equal(credit(WORKER), 0, "the worker was late");
    }

    function test_demandBond_paysForTheLongestAnswer_S13() public {
        equal(epochs.demandBond(1), BOND, "a challenge's bond is enough here");
        Tier[] memory tiers = new Tier[](1);
        tiers[0] = tier();
        tiers[0].gasPrice = 1e13;
        tiers[0].maxTraceDepth = 1;
        tiers[0].maxTensorDepth = 0;
        tiers[0].challengeBond = 4e18;
        tiers[0].minLock = 1e27;
        Parameters dear = new Parameters(tiers, UNBONDING, address(0));
        Epochs other = new Epochs(vault, channels, dear);
        require((uint256(other.demandBond(1)) * 6) / 10 >= 600_000 * 1e13, "60 % pay for the answer");
    }

    function test_demandInclusion_tooEarlyOrTooLate_reverts_S12() public {
        vm.warp(START + 49);
        refuseDemand(
            issued[0],
            abi.encodeWithSelector(IEpochs.NotDemandable.selector, START + 50, START + 100)
        );
        vm.warp(START + 101);
        refuseDemand(
            issued[0],
            abi.encodeWithSelector(
                IChannels.ReceiptNotOpen.selector,
                channels.receiptIdOf(issued[0]),
                START,
                START + 100
            )
        );
        vm.warp(START + 50);
        bytes32 demandId = demandInclusion(issued[0], payer);
        refuseDemand(issued[0], abi.encodeWithSelector(IEpochs.AlreadyDemanded.selector, demandId));
        dispute(issued[1], CHALLENGER);
        vm.warp(START + 111);
        refuseDemand(
            issued[1],
            abi.encodeWithSelector(ICommitments.WindowClosed.selector, commitmentOf(issued[1]), START + 110)
        );
    }

    function test_showInclusion_afterItsClock_reverts_S12() public {
        postAll();
        bytes32 demandId = demandInclusion(issued[1], payer);
        vm.warp(START + 81);
        refuseEpochs(
            WORKER,
            abi.encodeCall(
                epochs.showInclusion,
                (issued[1], entryProof(entries, channelId), receiptProof(issued, 1))
            ),
            abi.encodeWithSelector(IEpochs.AnswerTooLate.selector, demandId, START + 80)
        );
    }

    function test_showInclusion_wrongPlaces_revert_S12() public {
        postAll();
        demandInclusion(issued[1], payer);
        EntryProof memory place = entryProof(entries, channelId);
        ReceiptProof memory number = receiptProof(issued, 1);
        EntryProof memory foreign = entryProof(entries, entries[2].channelId);
        refuseShow(
            issued[1],
            foreign,
            number,
            abi.encodeWithSelector(IEpochs.WrongChannel.selector, entries[2].channelId, channelId)
        );
        number.index = 3;
        refuseShow(issued[1], place, number, abi.encodeWithSelector(IEpochs.IndexOutOfRange.selector, 3, 3));
        number.index = 0;
        refuseShow(issued[1], place, number, IEpochs.WrongReceipt.selector);
        number = receiptProof(issued, 1);
        number.siblings[0].sum = 0;
        refuseShow(issued[1], place, number, IEpochs.WrongReceipt.selector);
        number = receiptProof(issued, 1);
        place.entry.sum -= 1;
        refuseShow(issued[1], place, number, IEpochs.WrongEntry.selector);
    }

    function test_demandInclusion_understatedSum_cannotBeAnswered_A27() public {
        // The cheater hides its over-commitment: the entry names a smaller sum than its receipts have.
        entries[0].sum = 1;
        postAll();
        demandInclusion(issued[0], payer);
        refuseShow(
            issued[0],
            entryProof(entries, channelId),
            receiptProof(issued, 0),
            IEpochs.WrongReceipt.selector
        );
        vm.warp(START + 81);
        epochs.timeoutInclusion(issued[0]);
        equal(channelNow().allotment, ALLOTMENT - LIABILITY, "slashed");
    }

    function test_timeoutInclusion_slashedElsewhere_bondComesBack_I24() public {
        Receipt memory wrong = receipt(7, true);
        postAll();
        demandInclusion(wrong, payer);
        vm.warp(START + 51);
        bytes32 disputeId = dispute(wrong, CHALLENGER);
        vm.warp(START + 112);
        receiptGame.timeout(disputeId);
        epochs.timeoutInclusion(wrong);
        equal(channelNow().allotment, ALLOTMENT - LIABILITY, "once");
        equal(credit(payer), BOND, "the bond is back");
    }

    function test_timeoutInclusion_firstChallengerReports_S13() public {
        Receipt memory wrong = receipt(7, true);
        postAll();
        dispute(wrong, CHALLENGER);
        demandInclusion(wrong, payer);
        vm.warp(START + 81);
        epochs.timeoutInclusion(wrong);
        require(
            channels.getCommitment(commitmentOf(wrong)).reporter == CHALLENGER,
            "the earliest challenger"
        );
    }

    function test_timeoutInclusion_retiredProgram_slashesNobody_S05() public {
        postAll();
        Receipt memory omitted = receipt(9, false);
        omitted.issuedAt = uint64(START);
        omitted.challengeUntil = uint64(START) + 100;
        bytes32 demandId = demandInclusion(omitted, payer);
        IProgramRegistry.MalformedProof memory proof;
        (proof.index, proof.descriptor, proof.path) = (3, descriptorAt(3), descriptorPath(3));
        registry.proveMalformed(programId, proof);
        vm.warp(START + 81);
        epochs.timeoutInclusion(omitted);
        require(channels.getCommitment(demandId).status == CommitmentStatus.Refunded, "refunded");
        equal(channelNow().allotment, ALLOTMENT, "nobody lost");
        equal(credit(payer), BOND, "the bond is back");
    }

    // RECEIPTS BY NUMBER

    function test_demandReceipt_shown_isPublished_S12() public {
        postAll();
        bytes32 demandId = demandReceipt(channelId, 2);
        SessionSignature memory made = sign(issued[2]);
        epochs.showReceipt(entryProof(entries, channelId), receiptProof(issued, 2), issued[2], made);
        require(epochs.getDemand(demandId).status == DemandStatus.Answered, "answered");
        equal(credit(WORKER), (BOND * 6) / 10, "60 % of the bond");
    }

    function test_demandReceipt_unanswered_costsTheAllotment_S12() public {
        postAll();
        bytes32 demandId = demandReceipt(channelId, 1);
        Demand memory asked = epochs.getDemand(demandId);
        require(asked.by == CHALLENGER && !asked.late, "who asked");
        vm.warp(asked.deadline + 1);
        uint256 others = account(WORKER).locked - ALLOTMENT;
        epochs.timeoutReceipt(1, FIRST, channelId, 1);
        equal(channelNow().allotment, 0, "the whole allotment");
        equal(account(WORKER).locked, others, "S-12: of that channel only");
        equal(credit(CHALLENGER), BOND + (ALLOTMENT * 15) / 100, "bond and 15 %");
        equal(vault.pendingBurn(), (ALLOTMENT * 85) / 100, "I-05: the rest burns");
    }

    function test_demandReceipt_filler_cannotBeShown_S12() public {
        // The cheater's channel names four receipts; the fourth is nothing.
        Receipt[] memory padded = new Receipt[](4);
        for (uint256 i = 0; i < 3; ++i) padded[i] = issued[i];
        padded[3] = receipt(99, false);
        padded[3].channelId = entries[1].channelId; // of another channel: no receipt of this one
        entries[0] = entryOf(channelId, padded);
        postAll();
        demandReceipt(channelId, 3);
        refuseEpochs(
            WORKER,
            abi.encodeCall(
                epochs.showReceipt,
                (entryProof(entries, channelId), receiptProof(padded, 3), padded[3], sign(padded[3]))
            ),
            abi.encodeWithSelector(IEpochs.WrongChannel.selector, channelId, padded[3].channelId)
        );
        EntryProof memory place = entryProof(entries, channelId);
        refuseAbsence(
            channelId,
            3,
            place,
            abi.encodeWithSelector(IEpochs.WrongChannel.selector, channelId, channelId)
        );
        vm.warp(START + 81);
        epochs.timeoutReceipt(1, FIRST, channelId, 3);
        equal(channelNow().allotment, 0, "slashed");
    }

    function test_showReceipt_unsignedOrOfAnotherEpoch_reverts_I54() public {
        Receipt[] memory early = new Receipt[](1);
        early[0] = issued[0];
        early[0].issuedAt -= 1; // belongs to the epoch before
        entries[0] = entryOf(channelId, early);
        postAll();
        demandReceipt(channelId, 0);
        bytes memory data = abi.encodeCall(
            epochs.showReceipt,
            (entryProof(entries, channelId), receiptProof(early, 0), early[0], sign(early[0]))
        );
        refuseEpochs(
            WORKER,
            data,
            abi.encodeWithSelector(IEpochs.EpochNotPosted.selector, WORKER, 1, FIRST - 1)
        );
        data = abi.encodeCall(
            epochs.showReceipt,
            (entryProof(entries, channelId), receiptProof(early, 0), early[0], sign(issued[0]))
        );
        refuseEpochs(
            WORKER,
            data,
            abi.encodeWithSelector(IChannels.InvalidSessionSignature.selector, channels.receiptIdOf(early[0]))
        );
    }

    function test_showAbsence_fewerReceiptsOrNone_answers_S12() public {
        postAll();
        demandReceipt(channelId, 3);
        epochs.showAbsence(1, FIRST, channelId, 3, entryProof(entries, channelId));
        bytes32 absent = openChannel(50, 1, LIABILITY);
        demandReceipt(absent, 0);
        epochs.showAbsence(1, FIRST, absent, 0, entryProof(entries, absent));
        equal(credit(WORKER), 2 * ((BOND * 6) / 10), "both are answers");
    }

    function test_showAbsence_ofWhatIsThere_reverts_S12() public {
        postAll();
        demandReceipt(channelId, 2);
        refuseAbsence(
            channelId,
            2,
            entryProof(entries, channelId),
            abi.encodeWithSelector(IEpochs.WrongChannel.selector, channelId, channelId)
        );
        // The cheater shows where another channel's path ends.
        EntryProof memory foreign = entryProof(entries, entries[3].channelId);
        (bool shown, bytes memory reason) = address(epochs).call(
            abi.encodeCall(epochs.showAbsence, (1, FIRST, channelId, 2, foreign))
        );
        require(!shown, "a present receipt was absent");
        bytes4 named = bytes4(reason);
        require(
            named == SumTreeLib.EntryOffPath.selector || named == IEpochs.WrongEntry.selector,
            "by another error"
        );
        // And nothing at all, at every depth.
        EntryProof memory nothing = entryProof(entries, channelId);
        delete nothing.entry;
        for (uint256 depth = nothing.siblings.length; ; --depth) {
            bytes32[] memory fewer = new bytes32[](depth);
            for (uint256 i = 0; i < depth; ++i)
                fewer[i] = nothing.siblings[nothing.siblings.length - depth + i];
            (shown, ) = address(epochs).call(
                abi.encodeCall(
                    epochs.showAbsence,
                    (1, FIRST, channelId, 2, EntryProof({entry: nothing.entry, siblings: fewer}))
                )
            );
            require(!shown, "a present receipt was absent");
            if (depth == 0) break;
        }
    }

    function test_demandReceipt_unpostedOrPast_reverts_S12() public {
        vm.warp(START + EPOCH);
        bytes memory data = abi.encodeCall(epochs.demandReceipt, (1, FIRST, channelId, 0));
        refuseEpochs(
            CHALLENGER,
            data,
            abi.encodeWithSelector(IEpochs.EpochNotPosted.selector, WORKER, 1, FIRST)
        );
        postAll();
        vm.warp(START + 101);
        refuseEpochs(
            CHALLENGER,
            data,
            abi.encodeWithSelector(IEpochs.NotDemandable.selector, START, START + 100)
        );
        vm.warp(START + 100);
        bytes32 demandId = demandReceipt(channelId, 0);
        require(demandId == epochs.demandIdOf(1, FIRST, channelId, 0), "its id");
        refuseEpochs(CHALLENGER, data, abi.encodeWithSelector(IEpochs.AlreadyDemanded.selector, demandId));
    }

    // OVER-COMMITMENT

    function test_overCommitted_costsTheWholeAllotment_A27() public {
        overCommit();
        uint256 others = account(WORKER).locked - ALLOTMENT;
        EntryProof memory place = entryProof(entries, channelId);
        vm.prank(KEEPER);
        epochs.overCommitted(1, FIRST, place);
        equal(channelNow().allotment, 0, "the whole allotment");
        equal(account(WORKER).locked, others, "S-12: of that channel only");
        equal(credit(KEEPER), (ALLOTMENT * 15) / 100, "the reporter");
        equal(vault.pendingBurn(), (ALLOTMENT * 85) / 100, "I-05: the rest burns");

        allot(channelId, 20e18);
        refuseEpochs(
            KEEPER,
            abi.encodeCall(epochs.overCommitted, (1, FIRST, place)),
            abi.encodeWithSelector(IEpochs.NotOverCommitted.selector, channelId, 120e18, ALLOTMENT + 20e18)
        );
    }

    function test_overCommitted_chargedOnce_A27() public {
        Receipt[] memory many = manyReceipts(100);
        entries[0] = entryOf(channelId, many);
        postAll();
        EntryProof memory place = entryProof(entries, channelId);
        epochs.overCommitted(1, FIRST, place);
        allot(channelId, 50e18);
        refuseEpochs(
            KEEPER,
            abi.encodeCall(epochs.overCommitted, (1, FIRST, place)),
            abi.encodeWithSelector(IEpochs.AlreadyCharged.selector, channelId, FIRST)
        );
        equal(channelNow().allotment, 50e18, "new stake does not pay for it again");
    }

    function test_overCommitted_asMuchAsAllotted_reverts_I20() public {
        Receipt[] memory full = manyReceipts(5);
        entries[0] = entryOf(channelId, full);
        postAll();
        bytes memory data = abi.encodeCall(epochs.overCommitted, (1, FIRST, entryProof(entries, channelId)));
        bytes memory expected = abi.encodeWithSelector(
            IEpochs.NotOverCommitted.selector,
            channelId,
            ALLOTMENT,
            ALLOTMENT
        );
        refuseEpochs(KEEPER, data, expected);
        // One of them is slashed: what stood behind the others when they were signed is gone, and that is no fault.
        slashSilent(full[0], CHALLENGER);
        vm.warp(START + 100);
        equal(channelNow().allotment, ALLOTMENT - LIABILITY, "less is left");
        refuseEpochs(KEEPER, data, expected);
    }

    function test_overCommitted_leavingAllotment_isStillThere_S12() public {
        vm.prank(WORKER);
        channels.requestDeallot(channelId, ALLOTMENT);
        overCommit();
        vm.warp(START + 100);
        epochs.overCommitted(1, FIRST, entryProof(entries, channelId));
        equal(channelNow().allotment + channelNow().allotmentLeaving, 0, "what was leaving paid");
    }

    function test_overCommitted_reservedPart_isTakenWhenFree_S12() public {
        overCommit();
        Receipt memory own = issued[0];
        bytes32 disputeId = dispute(own, FRIEND); // the cheater's friend reserves a part
        epochs.overCommitted(1, FIRST, entryProof(entries, channelId));
        equal(channelNow().allotment, LIABILITY, "all but the reserved part");
        equal(channelNow().owed, LIABILITY, "which is owed");
        bytes32 commitId = commitmentOf(own);
        bytes32[16] memory children = traceWith(SLOTS);
        vm.prank(WORKER);
        receiptGame.bindTrace(commitId, children);
        vm.warp(block.timestamp + 61);
        receiptGame.timeout(disputeId);
        channels.finalize(commitId);
        vm.prank(KEEPER);
        equal(channels.collectOwed(channelId), LIABILITY, "and taken when it is free");
        equal(channelNow().allotment, 0, "nothing is left");
    }

    function test_overCommitted_foreignOrLate_reverts_S12() public {
        overCommit();
        EntryProof memory place = entryProof(entries, channelId);
        place.entry.sum += 1;
        (bool success, bytes memory reason) = address(epochs).call(
            abi.encodeCall(epochs.overCommitted, (1, FIRST, place))
        );
        require(!success && bytes4(reason) == IEpochs.WrongEntry.selector, "a forged entry");
        delete place.entry;
        refuseEpochs(
            KEEPER,
            abi.encodeCall(epochs.overCommitted, (1, FIRST, place)),
            abi.encodeWithSelector(IEpochs.EpochNotPosted.selector, address(0), 1, FIRST)
        );
        vm.warp(START + 101);
        place = entryProof(entries, channelId);
        refuseEpochs(
            KEEPER,
            abi.encodeCall(epochs.overCommitted, (1, FIRST, place)),
            abi.encodeWithSelector(IEpochs.NotDemandable.selector, START, START + 100)
        );
    }

    // TREES

    /// @notice Of any channels with any receipts: each is where its proof says, and no other is anywhere.
    function testFuzz_trees_placeWhatIsThereAndNothingElse_S12(
        uint8 channelCount,
        uint8 receiptCount,
        uint96 liability,
        bytes32 seed
    ) public {
        channelCount = 1 + (channelCount % 12);
        receiptCount = 1 + (receiptCount % 9);
        Receipt[] memory made = new Receipt[](receiptCount);
        for (uint64 i = 0; i < receiptCount; ++i) {
            made[i] = receipt(i, false);
            made[i].liability = liability / (i + 1);
        }
        Entry[] memory all = new Entry[](channelCount);
        all[0] = entryOf(channelId, made);
        for (uint256 i = 1; i < channelCount; ++i) {
            all[i] = Entry(keccak256(abi.encode(seed, i)), keccak256(abi.encode(i)), uint128(i), uint32(i));
        }
        vm.warp(START + EPOCH);
        vm.prank(WORKER);
        epochs.postEpoch(WORKER, 1, FIRST, entryRoot(all), receiptCount);
        for (uint32 i = 0; i < receiptCount; ++i) {
            demandReceipt(channelId, i);
            epochs.showReceipt(entryProof(all, channelId), receiptProof(made, i), made[i], sign(made[i]));
        }
        bytes32 absent = openChannel(60 + (uint256(seed) % 16), 1, 1);
        demandReceipt(absent, 0);
        epochs.showAbsence(1, FIRST, absent, 0, entryProof(all, absent));
    }

    // INTERNAL

    function postAll() internal {
        vm.warp(START + EPOCH);
        bytes32 root = entryRoot(entries);
        vm.prank(WORKER);
        epochs.postEpoch(WORKER, 1, FIRST, root, 8);
        vm.warp(START + 50);
    }

    function manyReceipts(uint64 count) internal view returns (Receipt[] memory many) {
        many = new Receipt[](count);
        for (uint64 i = 0; i < count; ++i) many[i] = receipt(i, false);
    }

    /// @notice Six receipts of 20 against an allotment of 100.
    function overCommit() internal {
        entries[0] = entryOf(channelId, manyReceipts(6));
        postAll();
    }

    function demandInclusion(Receipt memory asked, address who) internal returns (bytes32) {
        SessionSignature memory made = sign(asked);
        vm.prank(who);
        return epochs.demandInclusion(asked, made, "");
    }

    function demandReceipt(bytes32 id, uint32 index) internal returns (bytes32) {
        vm.prank(CHALLENGER);
        return epochs.demandReceipt(1, FIRST, id, index);
    }

    function refuseEpochs(address who, bytes memory data, bytes memory expected) internal {
        refuse(who, address(epochs), data, expected);
    }

    function refuseDemand(Receipt memory asked, bytes memory expected) internal {
        bytes memory data = abi.encodeCall(epochs.demandInclusion, (asked, sign(asked), ""));
        refuseEpochs(payer, data, expected);
    }

    function refuseAbsence(
        bytes32 id,
        uint32 index,
        EntryProof memory place,
        bytes memory expected
    ) internal {
        refuseEpochs(WORKER, abi.encodeCall(epochs.showAbsence, (1, FIRST, id, index, place)), expected);
    }

    function refuseShow(
        Receipt memory asked,
        EntryProof memory place,
        ReceiptProof memory number,
        bytes memory expected
    ) internal {
        refuseEpochs(WORKER, abi.encodeCall(epochs.showInclusion, (asked, place, number)), expected);
    }

    function refuseShow(
        Receipt memory asked,
        EntryProof memory place,
        ReceiptProof memory number,
        bytes4 expected
    ) internal {
        bytes memory data = abi.encodeCall(epochs.showInclusion, (asked, place, number));
        vm.prank(WORKER);
        (bool success, bytes memory reason) = address(epochs).call(data);
        require(!success && bytes4(reason) == expected, "not refused, or by another error");
    }
}
