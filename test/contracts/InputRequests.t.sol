// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IInputRequests} from "../../contracts/interfaces/IInputRequests.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {InputRequest, InputStatus} from "../../contracts/types/InputRequest.sol";
import {Request, RequestStatus} from "../../contracts/types/Market.sol";
import {InputTest} from "./support/InputTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Before the commitment: a worker that cannot get the input.
contract InputUnavailableTest is InputTest {
    function suspended() internal returns (Request memory asked, bytes32 requestId) {
        asked = hidden();
        post(asked);
        claim(asked);
        vm.prank(WORKER);
        requestId = inputRequests.inputUnavailable(asked);
    }

    function test_inputUnavailable_suspendsTheClaim_S09() public {
        (Request memory asked, bytes32 requestId) = suspended();
        require(requestId == idOf(asked), "id");
        require(stateOf(asked).status == RequestStatus.InputMissing, "suspended");
        InputRequest memory input = inputRequests.getInputRequest(requestId);
        require(input.asker == WORKER && input.source == address(0), "whose");
        require(input.status == InputStatus.Open && input.posted == 0 && input.inputBytes == 8, "open");
        require(input.deadline == START + 30 && input.inputRoot == asked.inputRoot, "what and by when");
        equal(input.bond, bondOf(8), "bond");
        equal(vault.escrow(address(inputRequests)), bondOf(8), "escrow");
        checkSolvency(everybody());
    }

    function test_inputUnavailable_guards_S09() public {
        Request memory asked = hidden();
        post(asked);
        bytes memory data = abi.encodeCall(inputRequests.inputUnavailable, (asked));
        refuseInput(
            WORKER,
            data,
            abi.encodeWithSelector(
                IInferenceMarket.WrongStatus.selector,
                idOf(asked),
                RequestStatus.Open,
                RequestStatus.Claimed
            )
        );
        claim(asked);
        refuseInput(
            REQUESTER,
            data,
            abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, REQUESTER, WORKER)
        );
        Request memory posted = claimRequest();
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.inputUnavailable, (posted)),
            abi.encodeWithSelector(IInferenceMarket.InputIsPosted.selector, idOf(posted))
        );
    }

    function test_postRequestInput_atTheDeadline_resumes_S09() public {
        (Request memory asked, bytes32 requestId) = suspended();
        vm.warp(START + 30);
        vm.prank(STRANGER);
        inputRequests.postRequestInput(asked, 0, INPUT, noPath);
        require(inputStatus(requestId) == InputStatus.Shown, "shown");
        require(stateOf(asked).status == RequestStatus.Claimed, "resumed");
        equal(stateOf(asked).deadline, START + 50, "time to execute");
        equal(credit(REQUESTER), paidOf(8), "S-13: posting is paid for");
        equal(vault.pendingBurn(), bondOf(8) - paidOf(8), "the rest burns");
        equal(vault.escrow(address(inputRequests)), 0, "nothing left");
        bytes memory again = abi.encodeCall(inputRequests.postRequestInput, (asked, 0, INPUT, noPath));
        refuseInput(STRANGER, again, notAsked(requestId, InputStatus.Shown));
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.inputUnavailable, (asked)),
            abi.encodeWithSelector(IInferenceMarket.InputIsPosted.selector, requestId)
        );
        commit(asked, false);
        bytes32 commitId = commitIdOf(asked, false);
        refuseInput(
            CHALLENGER,
            abi.encodeCall(
                inputRequests.requestInput,
                (address(market), commitId, openingOf(asked, leafOf(false)))
            ),
            abi.encodeWithSelector(IInputRequests.InputOnChain.selector, commitId)
        );
    }

    function test_timeoutRequestInput_aroundTheDeadline_S09() public {
        (Request memory asked, bytes32 requestId) = suspended();
        bytes memory data = abi.encodeCall(inputRequests.timeoutRequestInput, (asked));
        vm.warp(START + 30);
        refuseInput(
            KEEPER,
            data,
            abi.encodeWithSelector(IInputRequests.PostingOpen.selector, requestId, START + 30)
        );
        vm.warp(START + 31);
        refuseInput(
            REQUESTER,
            abi.encodeCall(inputRequests.postRequestInput, (asked, 0, INPUT, noPath)),
            abi.encodeWithSelector(IInputRequests.PostingOver.selector, requestId, START + 30)
        );
        vm.prank(KEEPER);
        inputRequests.timeoutRequestInput(asked);
        require(inputStatus(requestId) == InputStatus.Missed, "missed");
        require(stateOf(asked).status == RequestStatus.Expired, "over");
        equal(credit(WORKER), bondOf(8) + FEE / 2, "bond and half the fee");
        equal(vault.pendingBurn(), FEE / 2, "the other half burns");
        equal(account(WORKER).free, STAKE, "the lock is free");
        refuseInput(KEEPER, data, notAsked(requestId, InputStatus.Missed));
        checkSolvency(everybody());
    }

    function test_endedOtherwise_givesTheBondBack_I24() public {
        (Request memory asked, bytes32 requestId) = suspended();
        (Request memory other, ) = suspended();
        retire();
        market.refundRetired(asked);
        market.refundRetired(other);
        vm.prank(KEEPER);
        inputRequests.timeoutRequestInput(asked);
        require(inputStatus(requestId) == InputStatus.Void, "void");
        equal(credit(WORKER), bondOf(8), "one bond");
        vm.prank(STRANGER);
        inputRequests.postRequestInput(other, 0, INPUT, noPath);
        equal(credit(WORKER), 2 * bondOf(8), "and the other");
        equal(account(WORKER).free, STAKE, "locks are free");
        refuseInput(
            KEEPER,
            abi.encodeCall(inputRequests.timeoutRequestInput, (asked)),
            notAsked(requestId, InputStatus.Void)
        );
    }

    function test_claimedRequest_movesByItsOwnCalls() public {
        (, bytes32 requestId) = suspended();
        bytes memory expected = notAsked(requestId, InputStatus.None);
        vm.warp(START + 31);
        refuseInput(KEEPER, abi.encodeCall(inputRequests.timeoutInput, (requestId)), expected);
        refuseInput(KEEPER, abi.encodeCall(inputRequests.postInput, (requestId, 0, INPUT, noPath)), expected);
    }

    function test_nobodyAsked_reverts() public {
        Request memory asked = hidden();
        bytes memory expected = notAsked(idOf(asked), InputStatus.None);
        refuseInput(KEEPER, abi.encodeCall(inputRequests.timeoutRequestInput, (asked)), expected);
        refuseInput(
            KEEPER,
            abi.encodeCall(inputRequests.postRequestInput, (asked, 0, INPUT, noPath)),
            expected
        );
    }
}

/// @notice After the commitment: anyone who wants to check it.
contract RequestInputTest is InputTest {
    function committed() internal returns (Request memory asked, bytes32 commitId) {
        asked = hidden();
        post(asked);
        claim(asked);
        commitId = commit(asked, false);
    }

    function ask(Request memory asked) internal returns (bytes32 commitId) {
        bytes memory opening = openingOf(asked, leafOf(false));
        commitId = commitIdOf(asked, false);
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), commitId, opening);
    }

    function askCall(Request memory asked) internal view returns (bytes memory) {
        bytes memory opening = openingOf(asked, leafOf(false));
        return
            abi.encodeCall(inputRequests.requestInput, (address(market), commitIdOf(asked, false), opening));
    }

    function test_requestInput_holdsTheCommitment_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        vm.warp(START + 60);
        ask(asked);
        InputRequest memory input = inputRequests.getInputRequest(commitId);
        require(input.asker == KEEPER && input.source == address(market), "whose");
        require(input.deadline == START + 90 && input.inputRoot == asked.inputRoot, "what and by when");
        equal(market.getCommitment(commitId).holds, 1, "held");
        vm.warp(START + 61);
        refuse(
            WORKER,
            address(market),
            abi.encodeCall(market.finalize, (asked)),
            abi.encodeWithSelector(ICommitments.CommitmentHeld.selector, commitId, 1)
        );
    }

    function test_requestInput_afterTheWindow_reverts_I29() public {
        (Request memory asked, bytes32 commitId) = committed();
        vm.warp(START + 61);
        refuseInput(
            KEEPER,
            askCall(asked),
            abi.encodeWithSelector(ICommitments.WindowClosed.selector, commitId, START + 60)
        );
    }

    function test_requestInput_guards_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        bytes memory opening = openingOf(asked, leafOf(false));
        refuseInput(
            KEEPER,
            abi.encodeCall(inputRequests.requestInput, (address(game), commitId, opening)),
            abi.encodeWithSelector(IInputRequests.UnknownSource.selector, address(game))
        );
        ask(asked);
        refuseInput(
            FRIEND,
            askCall(asked),
            abi.encodeWithSelector(IInputRequests.AlreadyAsked.selector, commitId, InputStatus.Open)
        );
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        refuseInput(
            FRIEND,
            askCall(asked),
            abi.encodeWithSelector(IInputRequests.AlreadyAsked.selector, commitId, InputStatus.Shown)
        );
        (Request memory posted, ) = commitRequest();
        refuseInput(
            FRIEND,
            askCall(posted),
            abi.encodeWithSelector(IInputRequests.InputOnChain.selector, commitIdOf(posted, false))
        );
    }

    function test_postInput_early_leavesTheWindow_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        ask(asked);
        vm.warp(START + 10);
        vm.prank(STRANGER);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        require(inputStatus(commitId) == InputStatus.Shown, "shown");
        equal(market.getCommitment(commitId).challengeUntil, START + 60, "10 + 20 is before the end");
        equal(market.getCommitment(commitId).holds, 0, "released");
        equal(credit(WORKER), paidOf(8), "S-13: the worker's posting is paid for");
        equal(vault.pendingBurn(), bondOf(8) - paidOf(8), "the rest burns");
        vm.warp(START + 61);
        market.finalize(asked);
        equal(vault.escrow(address(inputRequests)), 0, "nothing left");
        checkSolvency(everybody());
    }

    function test_postInput_late_movesTheWindow_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        vm.warp(START + 50);
        ask(asked);
        vm.warp(START + 80);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        equal(market.getCommitment(commitId).challengeUntil, START + 100, "80 + 20");
        vm.warp(START + 100);
        refuse(
            WORKER,
            address(market),
            abi.encodeCall(market.finalize, (asked)),
            abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, START + 100)
        );
        vm.warp(START + 101);
        market.finalize(asked);
        require(stateOf(asked).status == RequestStatus.Finalized, "final");
    }

    function test_postInput_exactlyRecheckBeforeTheEnd_movesNothing_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        (Request memory other, bytes32 otherId) = committed();
        ask(asked);
        vm.warp(START + 20);
        ask(other);
        vm.warp(START + 30);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        vm.warp(START + 41);
        inputRequests.postInput(otherId, 0, INPUT, noPath);
        equal(market.getCommitment(commitId).challengeUntil, START + 60, "30 + 20");
        equal(market.getCommitment(otherId).challengeUntil, START + 61, "41 + 20");
    }

    function test_timeoutInput_aroundTheDeadline_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        ask(asked);
        bytes memory data = abi.encodeCall(inputRequests.timeoutInput, (commitId));
        vm.warp(START + 30);
        bytes memory open = abi.encodeWithSelector(IInputRequests.PostingOpen.selector, commitId, START + 30);
        refuseInput(STRANGER, data, open);
        vm.warp(START + 31);
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (commitId, 0, INPUT, noPath)),
            abi.encodeWithSelector(IInputRequests.PostingOver.selector, commitId, START + 30)
        );
        vm.prank(STRANGER);
        inputRequests.timeoutInput(commitId);
        require(market.getCommitment(commitId).status == CommitmentStatus.Slashed, "slashed");
        require(market.getCommitment(commitId).reporter == KEEPER, "the one who asked");
        equal(credit(KEEPER), bondOf(8), "the bond at once");
        refuseInput(STRANGER, data, notAsked(commitId, InputStatus.Missed));
        vm.warp(START + 62);
        market.settle(commitId);
        equal(credit(KEEPER), bondOf(8) + 15e18, "the reward");
        equal(vault.escrow(address(game)), 0, "nobody moved: the pot burns");
        equal(vault.escrow(address(inputRequests)), 0, "nothing left");
        checkSolvency(everybody());
    }

    function test_slashedByTheGameMeanwhile_givesTheBondBack_I24() public {
        (Request memory asked, bytes32 commitId) = committed();
        bytes32 disputeId = challenge(asked, false, CHALLENGER);
        ask(asked);
        convict(commitId, disputeId, CHALLENGER, 2);
        require(market.getCommitment(commitId).reporter == CHALLENGER, "by the game");
        vm.prank(STRANGER);
        inputRequests.timeoutInput(commitId);
        require(inputStatus(commitId) == InputStatus.Void, "before its deadline, too");
        equal(credit(KEEPER), bondOf(8), "the bond");
        vm.warp(START + 31);
        market.settle(commitId);
        game.settleDispute(disputeId);
        equal(vault.escrow(address(market)), 0, "slashed once");
        checkSolvency(everybody());
    }

    function test_postedAfterTheEnd_givesTheBondBack_I24() public {
        (Request memory asked, bytes32 commitId) = committed();
        bytes32 disputeId = challenge(asked, false, CHALLENGER);
        ask(asked);
        convict(commitId, disputeId, CHALLENGER, 2);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        require(inputStatus(commitId) == InputStatus.Void, "void");
        equal(credit(KEEPER), bondOf(8), "the bond");
        equal(credit(WORKER), 0, "nothing for the slashed");
    }

    function test_retiredProgram_slashesNobody_S05() public {
        (Request memory asked, bytes32 commitId) = committed();
        ask(asked);
        retire();
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(inputStatus(commitId) == InputStatus.Void, "void");
        require(market.getCommitment(commitId).status == CommitmentStatus.Refunded, "refunded");
        equal(credit(KEEPER), bondOf(8), "the bond");
        equal(account(WORKER).free, STAKE, "the lock is free");
    }

    function test_requestInput_recordedByADispute_needsNoOpening() public {
        (Request memory asked, bytes32 commitId) = committed();
        challenge(asked, false, CHALLENGER);
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), commitId, "");
        equal(market.getCommitment(commitId).holds, 2, "both hold");
    }
}
