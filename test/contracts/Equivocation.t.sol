// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEquivocation} from "../../contracts/interfaces/IEquivocation.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {DisputeStatus} from "../../contracts/types/Dispute.sol";
import {Answer, Leaf, Request, RequestStatus} from "../../contracts/types/Market.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {vm} from "./support/Vm.sol";

contract EquivocationTest is ProtocolTest {
    uint256 internal constant LOCK = 100e18;

    /// @notice A published answer.
    struct Said {
        Request asked;
        bytes32 commitId;
        bytes opening;
    }

    function say(bool lie) internal returns (Said memory) {
        return sayTo(question(), lie, WORKER);
    }

    function sayTo(Request memory asked, bool lie, address worker) internal returns (Said memory said) {
        post(asked);
        return sayOf(asked, 1, lie, worker);
    }

    function sayOf(
        Request memory asked,
        uint32 passes,
        bool lie,
        address worker
    ) internal returns (Said memory said) {
        Answer[] memory answers = new Answer[](1);
        answers[0] = Answer({request: asked, passes: passes, output: outputOf(lie)});
        vm.startPrank(worker);
        market.claim(asked, worker);
        market.commit(answers);
        vm.stopPrank();
        Leaf memory leaf = leafOf(lie);
        leaf.passes = passes;
        said.asked = asked;
        said.commitId = market.commitIdOf(asked, passes, leaf.outputRoot, worker);
        said.opening = openingOf(asked, leaf);
    }

    function exposeCall(Said memory one, Said memory other) internal view returns (bytes memory) {
        return
            abi.encodeCall(
                equivocation.expose,
                (address(market), one.opening, address(market), other.opening)
            );
    }

    function expose(Said memory one, Said memory other) internal {
        vm.prank(KEEPER);
        equivocation.expose(address(market), one.opening, address(market), other.opening);
    }

    function refuseExpose(Said memory one, Said memory other) internal {
        refuse(
            KEEPER,
            address(equivocation),
            exposeCall(one, other),
            abi.encodeWithSelector(IEquivocation.NotEquivocation.selector, one.commitId, other.commitId)
        );
    }

    function statusOf(Said memory said) internal view returns (CommitmentStatus) {
        return market.getCommitment(said.commitId).status;
    }

    function isSlashed(Said memory said) internal view returns (bool) {
        return
            statusOf(said) == CommitmentStatus.Slashed && stateOf(said.asked).status == RequestStatus.Slashed;
    }

    function programOf(uint32 maxPasses) internal returns (bytes32) {
        ProgramHeader memory other = header();
        other.maxPasses = maxPasses;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        return registry.register(other, root, 0, 0, "");
    }

    function test_expose_slashesBoth_S11() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        expose(lie, truth);
        require(isSlashed(truth) && isSlashed(lie), "both");
        require(market.getCommitment(lie.commitId).reporter == KEEPER, "the reporter");
        equal(credit(REQUESTER), 2 * uint256(FEE), "both fees are back");
        vm.warp(START + 31);
        market.settle(truth.commitId);
        market.settle(lie.commitId);
        equal(credit(KEEPER), 2 * ((LOCK * 15) / 100), "both rewards");
        equal(account(WORKER).locked, 0, "no lock is left");
        equal(account(WORKER).free, STAKE - 2 * LOCK, "both locks are gone");
        equal(vault.escrow(address(market)), 0, "all is paid out");
        equal(vault.escrow(address(game)), 0, "nobody moved: the pots burn");
    }

    function test_expose_again_reverts_I24() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        expose(truth, lie);
        refuse(
            FRIEND,
            address(equivocation),
            exposeCall(truth, lie),
            abi.encodeWithSelector(IEquivocation.NothingToSlash.selector, truth.commitId, lie.commitId)
        );
    }

    function test_expose_finalEvidence_countsAndStays_S11() public {
        Said memory truth = say(false);
        vm.warp(START + 61);
        market.finalize(truth.asked);
        Said memory lie = say(true);
        expose(truth, lie);
        require(isSlashed(lie), "the open one");
        require(stateOf(truth.asked).status == RequestStatus.Finalized, "I-24: final stays final");
        equal(account(WORKER).free, STAKE - LOCK, "one lock");
    }

    function test_expose_bothFinal_reverts_I24() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        vm.warp(START + 61);
        market.finalize(truth.asked);
        market.finalize(lie.asked);
        refuse(
            KEEPER,
            address(equivocation),
            exposeCall(lie, truth),
            abi.encodeWithSelector(IEquivocation.NothingToSlash.selector, lie.commitId, truth.commitId)
        );
    }

    function test_expose_slashedEvidence_counts_S11() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        bytes32 disputeId = challenge(lie.asked, true, CHALLENGER);
        vm.warp(START + 61);
        game.timeout(disputeId);
        require(isSlashed(lie) && !isSlashed(truth), "one by the game");
        expose(lie, truth);
        require(isSlashed(truth), "the other by equivocation, as long as it is not finalized");
    }

    function test_expose_openDispute_theEarliestChallengerReports_S13() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        bytes32 disputeId = challenge(lie.asked, true, CHALLENGER);
        expose(truth, lie);
        require(market.getCommitment(lie.commitId).reporter == CHALLENGER, "who came first");
        require(market.getCommitment(truth.commitId).reporter == KEEPER, "nobody else was there");
        require(game.getDispute(disputeId).status == DisputeStatus.Void, "void");
        vm.warp(START + 31);
        market.settle(lie.commitId);
        game.settleDispute(disputeId);
        uint256 gas = uint256(game.getDispute(disputeId).gasOwed) * 1e12;
        equal(credit(CHALLENGER), 10e18 + gas + (LOCK * 15) / 100, "bond, gas and reward");
    }

    function test_expose_sameAnswer_reverts_S11() public {
        (Said memory truth, Said memory again) = (say(false), say(false));
        refuseExpose(truth, truth);
        refuseExpose(truth, again);
    }

    function test_expose_otherQuestion_reverts_S11() public {
        Said memory truth = say(false);
        Request memory asked = question();
        asked.inputPosted = false;
        asked.inputRoot = bytes32(uint256(7));
        refuseExpose(truth, sayTo(asked, true, WORKER));

        asked = question();
        asked.programId = programOf(2);
        refuseExpose(truth, sayTo(asked, true, WORKER));

        vm.prank(FRIEND);
        vault.stake(FRIEND, STAKE);
        refuseExpose(truth, sayTo(question(), true, FRIEND));
        require(statusOf(truth) == CommitmentStatus.None, "nothing was recorded");
    }

    function test_expose_otherPasses_reverts_S11() public {
        bytes32 iterated = programOf(64);
        Said[] memory prefixes = new Said[](3);
        for (uint32 passes = 1; passes <= 3; ++passes) {
            Request memory asked = question();
            asked.programId = iterated;
            post(asked);
            prefixes[passes - 1] = sayOf(asked, passes, passes == 2, WORKER);
        }
        refuseExpose(prefixes[0], prefixes[1]);
        refuseExpose(prefixes[1], prefixes[2]);
    }

    function test_expose_unpublished_reverts_S07() public {
        Said memory truth = say(false);
        Said memory forged = say(false);
        forged.opening = openingOf(forged.asked, leafOf(true));
        refuse(
            KEEPER,
            address(equivocation),
            exposeCall(truth, forged),
            abi.encodeWithSelector(
                IInferenceMarket.NotInBatch.selector,
                commitIdOf(forged.asked, true),
                stateOf(forged.asked).batch
            )
        );
    }

    function test_expose_unknownSource_reverts_I50() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        bytes memory expected = abi.encodeWithSelector(IEquivocation.UnknownSource.selector, STRANGER);
        refuse(
            KEEPER,
            address(equivocation),
            abi.encodeCall(equivocation.expose, (STRANGER, truth.opening, address(market), lie.opening)),
            expected
        );
        refuse(
            KEEPER,
            address(equivocation),
            abi.encodeCall(equivocation.expose, (address(market), truth.opening, STRANGER, lie.opening)),
            expected
        );
    }

    function test_expose_retiredProgram_slashesNobody_S05() public {
        (Said memory truth, Said memory lie) = (say(false), say(true));
        IProgramRegistry.MalformedProof memory proof = IProgramRegistry.MalformedProof({
            index: 3,
            descriptor: descriptorAt(3),
            path: descriptorPath(3),
            operand: 0,
            producer: "",
            producerPath: new bytes32[](0)
        });
        registry.proveMalformed(programId, proof);
        refuse(
            KEEPER,
            address(equivocation),
            exposeCall(truth, lie),
            abi.encodeWithSelector(IEquivocation.NothingToSlash.selector, truth.commitId, lie.commitId)
        );
        market.refundRetired(lie.asked);
        equal(account(WORKER).locked, LOCK, "refunded, not slashed");
    }
}

/// @notice Receipts: openings need no input, and count like published answers.
contract EquivocatingReceiptsTest is ReceiptsTest {
    function bare(Receipt memory issued) internal view returns (bytes memory) {
        return abi.encode(issued, sign(issued), "");
    }

    function statusOf(Receipt memory issued) internal view returns (CommitmentStatus) {
        return channels.getCommitment(commitmentOf(issued)).status;
    }

    function exposeCall(Receipt memory one, Receipt memory other) internal view returns (bytes memory) {
        (bytes memory first, bytes memory second) = (bare(one), bare(other));
        return abi.encodeCall(equivocation.expose, (address(channels), first, address(channels), second));
    }

    function expose(Receipt memory one, Receipt memory other) internal {
        bytes memory data = exposeCall(one, other);
        vm.prank(KEEPER);
        (bool success, ) = address(equivocation).call(data);
        require(success, "exposed");
    }

    function test_expose_receipts_slashesBoth_S11() public {
        (Receipt memory truth, Receipt memory lie) = (receipt(1, false), receipt(2, true));
        lie.isPrivate = true;
        expose(truth, lie);
        require(statusOf(truth) == CommitmentStatus.Slashed, "the first");
        require(statusOf(lie) == CommitmentStatus.Slashed, "a private one, too");
        require(channels.getCommitment(commitmentOf(lie)).reporter == KEEPER, "the reporter");
        equal(channels.getCommitment(commitmentOf(truth)).lock, LIABILITY, "its liability");
    }

    function test_expose_receiptsOfTwoPayers_slashBothChannels_S11() public {
        bytes32 second = openChannel(1, ESCROW, ALLOTMENT);
        (Receipt memory truth, Receipt memory lie) = (receipt(1, false), receiptOn(second, 1, true));
        expose(truth, lie);
        require(statusOf(truth) == CommitmentStatus.Slashed, "one payer's");
        require(statusOf(lie) == CommitmentStatus.Slashed, "the other's");
    }

    function test_expose_receiptAgainstPublishedAnswer_S11() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        Receipt memory lie = receipt(1, true);
        (bytes memory first, bytes memory second) = (openingOf(asked, leafOf(false)), bare(lie));
        vm.prank(KEEPER);
        equivocation.expose(address(market), first, address(channels), second);
        require(statusOf(lie) == CommitmentStatus.Slashed, "the receipt");
        require(market.getCommitment(commitId).status == CommitmentStatus.Slashed, "the published answer");
    }

    function test_expose_receiptOverItsTime_isStillEvidence_S11() public {
        Receipt memory old = receipt(1, true);
        vm.warp(START + 101);
        Receipt memory fresh = receipt(2, false);
        expose(old, fresh);
        require(statusOf(old) == CommitmentStatus.None, "its time is over");
        require(statusOf(fresh) == CommitmentStatus.Slashed, "the other's is not");
    }

    function test_expose_streamOf64Tokens_cannotBeSlashed_S11() public {
        ProgramHeader memory iterated = header();
        iterated.maxPasses = 64;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        bytes32 streamed = registry.register(iterated, root, 0, 0, "");
        Receipt[] memory stream = new Receipt[](64);
        for (uint32 i = 0; i < 64; ++i) {
            stream[i] = receipt(i, false);
            stream[i].programId = streamed;
            stream[i].passes = i + 1;
            // A prefix has another output than the whole.
            stream[i].outputRoot = keccak256(abi.encode("prefix", i));
            stream[i].previous = i == 0 ? bytes32(0) : channels.receiptIdOf(stream[i - 1]);
        }
        for (uint256 i = 0; i < 64; ++i) {
            uint256 j = (i * 37 + 11) % 64;
            bytes32 first = commitmentOf(stream[i]);
            bytes32 second = commitmentOf(stream[j]);
            refuse(
                KEEPER,
                address(equivocation),
                exposeCall(stream[i], stream[j]),
                abi.encodeWithSelector(IEquivocation.NotEquivocation.selector, first, second)
            );
        }
    }

    function test_expose_sameSequenceTwice_isNoFault_S11() public {
        // A process that started anew counts from the beginning; only its answers are held against it.
        (Receipt memory one, Receipt memory other) = (receipt(1, false), receipt(1, false));
        other.session = 2;
        bytes32 first = commitmentOf(one);
        bytes32 second = commitmentOf(other);
        refuse(
            KEEPER,
            address(equivocation),
            exposeCall(one, other),
            abi.encodeWithSelector(IEquivocation.NotEquivocation.selector, first, second)
        );
    }
}
