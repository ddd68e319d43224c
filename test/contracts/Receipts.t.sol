// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Channels} from "../../contracts/Channels.sol";
import {IChannels} from "../../contracts/interfaces/IChannels.sol";
import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IEquivocation} from "../../contracts/interfaces/IEquivocation.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {Commitment, CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {DisputeStatus} from "../../contracts/types/Dispute.sol";
import {Request} from "../../contracts/types/Market.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {Channel, Entry, Receipt, SessionSignature} from "../../contracts/types/Receipt.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {vm} from "./support/Vm.sol";

/// @notice Receipts: how one becomes a commitment, what backs it, and how it ends.
contract ReceiptTest is ReceiptsTest {
    function guardian() internal pure override returns (address) {
        return GUARDIAN;
    }

    // OPENING

    function test_challenge_receiptAlone_isDisputedToTheSlash_S07() public {
        Receipt memory wrong = receipt(1, true);
        vm.warp(START + 90);
        bytes32 disputeId = dispute(wrong, CHALLENGER);
        bytes32 commitId = commitmentOf(wrong);
        Commitment memory held = receiptsCommitment(wrong);
        equal(held.challengeUntil, START + 90 + 60, "S-07: the window starts when the receipt is opened");
        require(held.inputPosted && held.beneficiary == payer, "with its input, for its payer");
        equal(held.lock, LIABILITY, "I-10: what is at risk");
        equal(channelNow().reserved, LIABILITY, "I-10: is reserved");

        convictReceipt(commitId, disputeId, 7);
        require(receiptsCommitment(wrong).status == CommitmentStatus.Slashed, "slashed");
        equal(channelNow().allotment, ALLOTMENT - LIABILITY, "the liability is gone");
        equal(channelNow().reserved, 0, "nothing is reserved");
        equal(account(WORKER).locked, ALLOTMENT - LIABILITY, "as the vault says");

        vm.warp(block.timestamp + 31);
        channels.settle(commitId);
        receiptGame.settleDispute(disputeId);
        equal(credit(payer), 3e18, "I-04: 15 % of the lock, at most three fees");
        uint256 gas = uint256(receiptGame.getDispute(disputeId).gasOwed) * 1e12;
        equal(credit(CHALLENGER), 10e18 + 3e18 + gas, "I-30: bond, reward and gas");
        equal(vault.escrow(address(channels)), ESCROW, "I-03: nothing stays but the escrow");
    }

    function test_finalize_beforeItsOwnWindow_reverts_S07() public {
        Receipt memory honest = receipt(1, false);
        vm.warp(START + 100);
        bytes32 commitId = commitmentOf(honest);
        refuseFinal(commitId, CommitmentStatus.None);
        bytes32 disputeId = dispute(honest, CHALLENGER);
        vm.warp(START + 160);
        refuseChannels(
            abi.encodeCall(channels.finalize, (commitId)),
            abi.encodeWithSelector(ICommitments.CommitmentHeld.selector, commitId, 1)
        );
        bytes32[16] memory children = traceWith(SLOTS);
        vm.prank(WORKER);
        receiptGame.bindTrace(commitId, children);
        vm.warp(START + 221);
        receiptGame.timeout(disputeId);
        require(receiptGame.getDispute(disputeId).status == DisputeStatus.Lost, "the challenger lost");
        channels.finalize(commitId);
        require(receiptsCommitment(honest).status == CommitmentStatus.Finalized, "final");
        equal(channelNow().reserved, 0, "nothing is reserved");
        equal(channelNow().allotment, ALLOTMENT, "I-20: an honest worker keeps all");
        refuseFinal(commitId, CommitmentStatus.Finalized);
    }

    function test_finalize_insideTheWindow_reverts_S07() public {
        Receipt memory honest = receipt(1, false);
        loseAgainst(honest, CHALLENGER);
        bytes32 commitId = commitmentOf(honest);
        vm.warp(honest.challengeUntil);
        refuseChannels(
            abi.encodeCall(channels.finalize, (commitId)),
            abi.encodeWithSelector(ICommitments.WindowOpen.selector, commitId, START + 100)
        );
        vm.warp(honest.challengeUntil + 1);
        channels.finalize(commitId);

        // Opened at the end of its challenge time: the window is as long as any.
        honest = receipt(2, false);
        vm.warp(honest.challengeUntil);
        bytes memory shown = opening(honest);
        commitId = commitmentOf(honest);
        vm.startPrank(address(epochs));
        channels.hold(commitId, shown, CHALLENGER);
        channels.release(commitId);
        vm.stopPrank();
        uint64 until = uint64(block.timestamp) + 60;
        vm.warp(until);
        refuseChannels(
            abi.encodeCall(channels.finalize, (commitId)),
            abi.encodeWithSelector(ICommitments.WindowOpen.selector, commitId, until)
        );
    }

    function test_finalize_openedEarlyByAFriend_keepsItsChallengeTime_S12() public {
        // The attack: a friend opens the wrong receipt at once, so that its window ends before the payer looks.
        Receipt memory wrong = receipt(1, true);
        bytes32 friends = dispute(wrong, FRIEND);
        bytes32 commitId = commitmentOf(wrong);
        bytes32[16] memory children = traceWith(SLOTS);
        vm.prank(WORKER);
        receiptGame.bindTrace(commitId, children);
        vm.warp(START + 61);
        receiptGame.timeout(friends);
        refuseChannels(
            abi.encodeCall(channels.finalize, (commitId)),
            abi.encodeWithSelector(ICommitments.WindowOpen.selector, commitId, START + 100)
        );
        vm.warp(START + 100);
        dispute(wrong, payer);
    }

    function test_finalize_knownThroughAnEpochRootOnly_reverts_S07() public {
        Receipt memory wrong = receipt(1, true);
        Receipt[] memory issued = new Receipt[](1);
        issued[0] = wrong;
        Entry[] memory entries = new Entry[](1);
        entries[0] = entryOf(channelId, issued);
        vm.warp(START + EPOCH);
        vm.prank(WORKER);
        epochs.postEpoch(WORKER, 1, uint64(START) / EPOCH, entryRoot(entries), 1);

        // The attack: stay silent for the window, then rely on the receipt.
        vm.warp(START + 95);
        refuseFinal(commitmentOf(wrong), CommitmentStatus.None);
        slashSilent(wrong, CHALLENGER);
        require(receiptsCommitment(wrong).status == CommitmentStatus.Slashed, "still slashable");
    }

    function test_challenge_outsideItsTimes_reverts_S12() public {
        Receipt memory issued = receipt(1, true);
        bytes32 id = channels.receiptIdOf(issued);
        bytes memory closed = abi.encodeWithSelector(
            IChannels.ReceiptNotOpen.selector,
            id,
            START,
            START + 100
        );
        vm.warp(START - 1);
        refuseDispute(issued, CHALLENGER, closed);
        vm.warp(START + 101);
        refuseDispute(issued, CHALLENGER, closed);
        vm.warp(START + 100);
        dispute(issued, CHALLENGER);

        issued.challengeUntil = uint64(START) + 101;
        id = channels.receiptIdOf(issued);
        refuseDispute(
            issued,
            CHALLENGER,
            abi.encodeWithSelector(IChannels.ChallengeTimeTooLong.selector, id, START + 101, START + 100)
        );
    }

    function test_challenge_unknownChannelOrProgram_reverts_S12() public {
        Receipt memory issued = receiptOn(bytes32(uint256(7)), 1, true);
        refuseDispute(
            issued,
            CHALLENGER,
            abi.encodeWithSelector(IChannels.UnknownChannel.selector, bytes32(uint256(7)))
        );
        issued = receipt(1, true);
        issued.programId = bytes32(uint256(8));
        refuseDispute(
            issued,
            CHALLENGER,
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, bytes32(uint256(8)))
        );
        issued = receipt(1, true);
        issued.passes = 2;
        refuseDispute(issued, CHALLENGER, abi.encodeWithSelector(IChannels.WrongPasses.selector, 2, 1));
    }

    function test_challenge_tooDeepProgram_reverts_S14() public {
        ProgramHeader memory deep = header();
        deep.maxPasses = 10_000;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        Receipt memory issued = receipt(1, true);
        vm.prank(PUBLISHER);
        issued.programId = registry.register(deep, root, 0, 0, "");
        (uint8 g, uint8 h) = registry.depths(issued.programId);
        require(g > tier().maxTraceDepth, "the program is too deep");
        refuseDispute(
            issued,
            CHALLENGER,
            abi.encodeWithSelector(IChannels.ProgramTooDeep.selector, g, h, 4, 5)
        );
    }

    function test_challenge_withoutItsInput_reverts_S07() public {
        Receipt memory issued = receipt(1, true);
        bytes32 commitId = commitmentOf(issued);
        bytes memory shown = abi.encode(issued, sign(issued), "");
        bytes memory data = abi.encodeCall(receiptGame.challenge, (commitId, shown));
        refuse(
            CHALLENGER,
            address(receiptGame),
            data,
            abi.encodeWithSelector(IChannels.WrongLength.selector, 0, 8)
        );
        shown = abi.encode(issued, sign(issued), bytes("12345679"));
        data = abi.encodeCall(receiptGame.challenge, (commitId, shown));
        refuse(
            CHALLENGER,
            address(receiptGame),
            data,
            abi.encodeWithSelector(IChannels.WrongRoot.selector, inputRootOf("12345679"), inputRootOf(INPUT))
        );
    }

    function test_challenge_malformedOpening_reverts() public {
        Receipt memory issued = receipt(1, true);
        bytes32 commitId = commitmentOf(issued);
        bytes memory shown = opening(issued);
        bytes memory expected = abi.encodeWithSelector(IChannels.MalformedOpening.selector, 100);
        bytes memory cut = new bytes(100);
        for (uint256 i = 0; i < 100; ++i) cut[i] = shown[i];
        refuse(
            CHALLENGER,
            address(receiptGame),
            abi.encodeCall(receiptGame.challenge, (commitId, cut)),
            expected
        );
        expected = abi.encodeWithSelector(IChannels.MalformedOpening.selector, shown.length);
        shown[19 * 32] = 0xff; // the input's length
        refuse(
            CHALLENGER,
            address(receiptGame),
            abi.encodeCall(receiptGame.challenge, (commitId, shown)),
            expected
        );
    }

    // SIGNATURES

    function test_challenge_replayedReceipt_reverts_I54() public {
        Receipt memory issued = receipt(1, true);
        SessionSignature memory made = sign(issued);
        openChannel(1, ESCROW, ALLOTMENT);

        Receipt memory other = receipt(1, true);
        other.channelId = channels.channelIdOf(payerOf(1), WORKER);
        refuseSigned(other, made);
        other = receipt(1, true);
        other.liability += 1;
        refuseSigned(other, made);
        other = receipt(1, true);
        other.challengeUntil -= 1;
        refuseSigned(other, made);

        Channels elsewhere = new Channels(vault, registry, parameters, address(0), address(0));
        require(
            elsewhere.receiptIdOf(issued) != channels.receiptIdOf(issued),
            "another contract, another id"
        );
        vm.chainId(5);
        refuseSigned(issued, made);
        vm.chainId(31_337);
        dispute(issued, CHALLENGER);
    }

    function test_challenge_malleableSignature_reverts_I54() public {
        Receipt memory issued = receipt(1, true);
        refuseSigned(issued, flipped(sign(issued)));
    }

    function test_challenge_foreignKey_reverts_I54() public {
        Receipt memory issued = receipt(1, true);
        SessionSignature memory made = signWith(99, channels.receiptIdOf(issued));
        bytes memory expected = abi.encodeWithSelector(
            IChannels.SessionKeyNotLive.selector,
            WORKER,
            made.x,
            made.y,
            0
        );
        refuseWith(issued, made, expected);
        vm.prank(FRIEND);
        channels.setSessionKey(FRIEND, made.x, made.y);
        refuseWith(issued, made, expected);
    }

    function test_challenge_revokedKey_countsUntilItsRevocationHasMatured_I54() public {
        (bytes32 x, bytes32 y) = sessionKey(SESSION_KEY);
        vm.prank(WORKER);
        channels.revokeSessionKey(WORKER, x, y);
        uint256 until = START + UNBONDING;
        vm.warp(until - 50);
        Receipt memory stale = receipt(1, true);
        vm.warp(until);
        dispute(stale, CHALLENGER);

        Receipt memory late = receipt(2, true);
        vm.warp(until + 1);
        refuseWith(
            late,
            sign(late),
            abi.encodeWithSelector(IChannels.SessionKeyNotLive.selector, WORKER, x, y, until)
        );
        bytes memory shown = opening(late);
        refuseChannels(
            abi.encodeCall(channels.proven, (shown)),
            abi.encodeWithSelector(IChannels.SessionKeyNotLive.selector, WORKER, x, y, until)
        );
    }

    // PRIVATE RECEIPTS

    function test_challenge_privateReceipt_payerOnly_S09() public {
        Receipt memory secret = receipt(1, true);
        secret.isPrivate = true;
        bytes32 id = channels.receiptIdOf(secret);
        bytes memory expected = abi.encodeWithSelector(IChannels.PrivateReceipt.selector, id, payer);
        refuseDispute(secret, CHALLENGER, expected);
        bytes32 commitId = commitmentOf(secret);
        bytes memory shown = abi.encode(secret, sign(secret), "");
        refuse(
            payer,
            address(inputRequests),
            abi.encodeCall(inputRequests.requestInput, (address(channels), commitId, shown)),
            expected
        );
        vm.prank(payer);
        receiptGame.challenge(commitId, shown);
        require(!receiptsCommitment(secret).inputPosted, "the input stays between payer and worker");
    }

    // WHAT BACKS A RECEIPT

    function test_slash_hundredClientsCheated_everyChannelPaysItsOwn_S12() public {
        uint256 count = 100;
        Receipt[] memory wrong = new Receipt[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint96 allotment = uint96(10e18 + i * 1e17);
            wrong[i] = receiptOn(openChannel(1 + i, 1, allotment), 1, true);
        }
        uint256 locked = account(WORKER).locked;
        uint256 lost = 0;
        for (uint256 i = 0; i < count; ++i) {
            slashAsModule(wrong[i]);
            Channel memory paid = channels.getChannel(wrong[i].channelId);
            uint256 allotment = 10e18 + i * 1e17;
            uint256 due = allotment < LIABILITY ? allotment : LIABILITY;
            lost += due;
            equal(paid.allotment, allotment - due, "every channel pays its own liability");
            equal(account(WORKER).locked, locked - lost, "and nothing else");
        }
        equal(channelNow().allotment, ALLOTMENT, "an honest channel keeps its allotment");
    }

    function test_slash_twoReceiptsOfOneChannel_reserveNoUnitTwice_I12() public {
        Receipt memory first = receipt(1, true);
        Receipt memory second = receipt(2, true);
        first.liability = 70e18;
        second.liability = 70e18;
        dispute(first, CHALLENGER);
        dispute(second, CHALLENGER);
        equal(receiptsCommitment(first).lock, 70e18, "the first reserves all it names");
        equal(receiptsCommitment(second).lock, 30e18, "the second what is left");
        equal(channelNow().reserved, ALLOTMENT, "all is reserved");
        Receipt memory third = receipt(3, true);
        dispute(third, CHALLENGER);
        equal(receiptsCommitment(third).lock, 0, "the third nothing");
    }

    function test_slash_allotmentReservedByAReceiptOfTheWorkersOwn_isOwed_S12() public {
        // The cheater reserves the whole allotment with a correct receipt that the payer never saw; a friend opens it first.
        Receipt memory bogus = receipt(1, false);
        bogus.liability = ALLOTMENT;
        bytes32 friends = dispute(bogus, FRIEND);
        Receipt memory wrong = receipt(2, true);
        wrong.liability = 80e18;
        slashAsModule(wrong);
        equal(receiptsCommitment(wrong).lock, 0, "nothing was left for the payer's receipt");
        equal(channelNow().owed, 80e18, "so the channel owes it");
        equal(channels.backing(channelId), 20e18, "and new receipts cannot count on it");
        refuseChannels(
            abi.encodeCall(channels.collectOwed, (channelId)),
            abi.encodeWithSelector(IChannels.NothingOwed.selector, channelId, 80e18)
        );
        vm.prank(WORKER);
        channels.requestDeallot(channelId, ALLOTMENT);

        bytes32 commitId = commitmentOf(bogus);
        bytes32[16] memory children = traceWith(SLOTS);
        vm.prank(WORKER);
        receiptGame.bindTrace(commitId, children);
        vm.warp(START + 101);
        receiptGame.timeout(friends);
        channels.finalize(commitId);
        vm.warp(START + UNBONDING);
        vm.prank(WORKER);
        equal(channels.takeAllotment(channelId), 20e18, "only the rest leaves");
        vm.prank(KEEPER);
        equal(channels.collectOwed(channelId), 80e18, "the whole liability is taken");
        equal(credit(KEEPER), 12e18, "15 % to who takes it");
        equal(account(WORKER).locked, 0, "the cheater has lost what it promised");
        require(vault.pendingBurn() >= 68e18, "I-05: the rest burns");
    }

    function test_takeAllotment_afterItsReceipts_staysSlashable_S12() public {
        vm.prank(WORKER);
        channels.requestDeallot(channelId, ALLOTMENT);
        vm.warp(START + 100);
        Receipt memory wrong = receipt(1, true);
        wrong.issuedAt = uint64(START);
        wrong.challengeUntil = uint64(START) + 100;
        dispute(wrong, CHALLENGER);
        vm.warp(START + UNBONDING);
        vm.prank(WORKER);
        equal(channels.takeAllotment(channelId), ALLOTMENT - LIABILITY, "I-10: what is reserved stays");
        bytes32 disputeId = receiptGame.disputeIdOf(commitmentOf(wrong), 0);
        receiptGame.timeout(disputeId);
        equal(account(WORKER).locked, 0, "I-13: and is slashed");
        equal(receiptsCommitment(wrong).lock, LIABILITY, "in full");
        equal(channelNow().allotmentLeaving, 0, "nothing is leaving");
    }

    function test_takeAllotment_leaving_isSlashed_S12() public {
        vm.prank(WORKER);
        channels.requestDeallot(channelId, ALLOTMENT);
        Receipt memory wrong = receipt(1, true);
        slashSilent(wrong, CHALLENGER);
        equal(channelNow().allotmentLeaving, ALLOTMENT - LIABILITY, "what is leaving was slashed");
        vm.warp(START + UNBONDING);
        vm.prank(WORKER);
        equal(channels.takeAllotment(channelId), ALLOTMENT - LIABILITY, "the rest leaves");
    }

    // EQUIVOCATION

    function test_expose_receiptPerTokenOf64_neverSlashes_S11() public {
        bytes32 iterated = iteratedProgram();
        bytes[] memory shown = new bytes[](64);
        for (uint32 i = 0; i < 64; ++i) {
            Receipt memory token_ = receipt(i, false);
            token_.programId = iterated;
            token_.passes = i + 1;
            token_.outputRoot = keccak256(abi.encode("prefix", i));
            shown[i] = opening(token_);
        }
        for (uint256 i = 0; i < 64; ++i) {
            refuseExpose(shown[i], shown[(i + 1) % 64]);
            refuseExpose(shown[i], shown[i ^ 21]);
            refuseExpose(shown[i], shown[i]);
        }
    }

    function test_expose_twoAnswersToOneQuestion_slashesBoth_S11() public {
        Receipt memory truth = receipt(1, false);
        Receipt memory lie = receipt(2, true);
        bytes memory first = abi.encode(truth, sign(truth), ""); // no input: the two answers are the proof
        bytes memory second = abi.encode(lie, sign(lie), "");
        vm.prank(KEEPER);
        equivocation.expose(address(channels), first, address(channels), second);
        equal(channelNow().allotment, ALLOTMENT - 2 * LIABILITY, "both liabilities");
        require(receiptsCommitment(truth).reporter == KEEPER, "the reporter");
        equal(channelNow().reserved, 0, "nothing is reserved");
    }

    function test_expose_receiptAgainstPublishedAnswer_countsAlike_S11() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        Receipt memory lie = receipt(1, true);
        bytes memory first = openingOf(asked, leafOf(false));
        bytes memory second = opening(lie);
        equivocation.expose(address(market), first, address(channels), second);
        require(market.getCommitment(commitId).status == CommitmentStatus.Slashed, "the published one");
        require(receiptsCommitment(lie).status == CommitmentStatus.Slashed, "the receipt");
    }

    function test_expose_sameNumbersOtherQuestion_reverts_S11() public {
        Receipt memory one = receipt(1, false);
        Receipt memory other = receipt(1, true);
        other.inputRoot = inputRootOf("87654321");
        refuseExpose(opening(one), opening(other)); // a nonce alone never slashes
    }

    // ENDS

    function test_refundRetired_givesTheReservationBack_S05() public {
        Receipt memory issued = receipt(1, true);
        bytes32 disputeId = dispute(issued, CHALLENGER);
        bytes32 commitId = commitmentOf(issued);
        refuseChannels(
            abi.encodeCall(channels.refundRetired, (commitId)),
            abi.encodeWithSelector(IChannels.ProgramNotRetired.selector, programId)
        );
        retire();
        channels.refundRetired(commitId);
        require(receiptsCommitment(issued).status == CommitmentStatus.Refunded, "refunded");
        equal(channelNow().reserved, 0, "free again");
        equal(channelNow().allotment, ALLOTMENT, "nobody lost");
        receiptGame.settleDispute(disputeId);
        equal(credit(CHALLENGER), 10e18, "the bond is back");
        refuseChannels(
            abi.encodeCall(channels.refundRetired, (commitId)),
            abi.encodeWithSelector(
                ICommitments.WrongCommitmentStatus.selector,
                commitId,
                CommitmentStatus.Refunded,
                CommitmentStatus.Open
            )
        );
    }

    function test_finalize_retiredProgram_reverts_S05() public {
        Receipt memory issued = receipt(1, false);
        loseAgainst(issued, CHALLENGER);
        vm.warp(START + 101);
        retire();
        refuseChannels(
            abi.encodeCall(channels.finalize, (commitmentOf(issued))),
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId)
        );
    }

    function test_timeout_retiredProgram_slashesNobody_S05() public {
        Receipt memory issued = receipt(1, true);
        bytes32 disputeId = dispute(issued, CHALLENGER);
        retire();
        vm.warp(START + 61);
        receiptGame.timeout(disputeId);
        require(receiptsCommitment(issued).status == CommitmentStatus.Refunded, "refunded");
        equal(channelNow().reserved, 0, "free again");
        equal(channelNow().allotment, ALLOTMENT, "nobody lost");
    }

    function test_flipToRefund_restoresTheAllotment_S15() public {
        Receipt memory wrong = receipt(1, true);
        slashSilent(wrong, CHALLENGER);
        bytes32 commitId = commitmentOf(wrong);
        vm.prank(GUARDIAN);
        channels.flipToRefund(commitId);
        equal(channelNow().allotment, ALLOTMENT, "the allotment is whole");
        equal(channelNow().slashed, 0, "as if nothing had been");
        equal(account(WORKER).locked, ALLOTMENT, "locked as before");
        equal(account(WORKER).free, STAKE - ALLOTMENT, "free as before");
        equal(vault.escrow(address(channels)), ESCROW, "I-03: nothing stays but the escrow");
    }

    function test_flipToRefund_takesBackWhatIsOwed_S15() public {
        Receipt memory big = receipt(1, false);
        big.liability = ALLOTMENT;
        dispute(big, FRIEND);
        Receipt memory wrong = receipt(2, true);
        slashAsModule(wrong);
        equal(channelNow().owed, LIABILITY, "owed");
        bytes32 commitId = commitmentOf(wrong);
        vm.prank(GUARDIAN);
        channels.flipToRefund(commitId);
        equal(channelNow().owed, 0, "not owed");
    }

    function test_requestInput_silence_slashesTheReceipt_S09() public {
        Receipt memory issued = receipt(1, false);
        bytes32 commitId = commitmentOf(issued);
        bytes memory shown = abi.encode(issued, sign(issued), "");
        vm.prank(CHALLENGER);
        inputRequests.requestInput(address(channels), commitId, shown);
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(receiptsCommitment(issued).status == CommitmentStatus.Slashed, "slashed");
        equal(channelNow().allotment, ALLOTMENT - LIABILITY, "by its liability");
    }

    // INTERNAL

    function receiptsCommitment(Receipt memory issued) internal view returns (Commitment memory) {
        return channels.getCommitment(commitmentOf(issued));
    }

    /// @dev A slash without the game around it, as an unanswered question has it.
    function slashAsModule(Receipt memory issued) internal {
        bytes32 commitId = commitmentOf(issued);
        bytes memory shown = opening(issued);
        vm.startPrank(address(epochs));
        channels.hold(commitId, shown, CHALLENGER);
        channels.slash(commitId, CHALLENGER);
        vm.stopPrank();
    }

    function convictReceipt(bytes32 commitId, bytes32 disputeId, uint256 slot) internal {
        bytes32[16] memory children = traceWith(slot);
        bytes memory tile = tileOf(slot, true);
        (bytes32 root, bytes32 node) = (nodeHash(children), tileHash(tile));
        vm.startPrank(WORKER);
        receiptGame.bindTrace(commitId, children);
        vm.stopPrank();
        vm.prank(CHALLENGER);
        receiptGame.choose(disputeId, root, children, uint8(slot));
        vm.prank(WORKER);
        receiptGame.revealTile(commitId, tile);
        vm.prank(CHALLENGER);
        receiptGame.proveStep(disputeId, node, stepProof(tile));
    }

    function iteratedProgram() internal returns (bytes32) {
        ProgramHeader memory iterated = header();
        iterated.maxPasses = 64;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        return registry.register(iterated, root, 0, 0, "");
    }

    function retire() internal {
        IProgramRegistry.MalformedProof memory proof;
        (proof.index, proof.descriptor, proof.path) = (3, descriptorAt(3), descriptorPath(3));
        registry.proveMalformed(programId, proof);
    }

    function refuseChannels(bytes memory data, bytes memory expected) internal {
        refuse(STRANGER, address(channels), data, expected);
    }

    function refuseFinal(bytes32 commitId, CommitmentStatus status) internal {
        refuseChannels(
            abi.encodeCall(channels.finalize, (commitId)),
            abi.encodeWithSelector(
                ICommitments.WrongCommitmentStatus.selector,
                commitId,
                status,
                CommitmentStatus.Open
            )
        );
    }

    function refuseDispute(Receipt memory issued, address who, bytes memory expected) internal {
        bytes memory data = abi.encodeCall(receiptGame.challenge, (commitmentOf(issued), opening(issued)));
        refuse(who, address(receiptGame), data, expected);
    }

    function refuseSigned(Receipt memory issued, SessionSignature memory made) internal {
        bytes32 id = channels.receiptIdOf(issued);
        refuseWith(issued, made, abi.encodeWithSelector(IChannels.InvalidSessionSignature.selector, id));
    }

    function refuseWith(Receipt memory issued, SessionSignature memory made, bytes memory expected) internal {
        bytes memory shown = abi.encode(issued, made, INPUT);
        bytes memory data = abi.encodeCall(receiptGame.challenge, (commitmentOf(issued), shown));
        refuse(CHALLENGER, address(receiptGame), data, expected);
    }

    function refuseExpose(bytes memory first, bytes memory second) internal {
        (bytes32 one, ) = channels.proven(first);
        (bytes32 other, ) = channels.proven(second);
        refuse(
            KEEPER,
            address(equivocation),
            abi.encodeCall(equivocation.expose, (address(channels), first, address(channels), second)),
            abi.encodeWithSelector(IEquivocation.NotEquivocation.selector, one, other)
        );
    }
}
