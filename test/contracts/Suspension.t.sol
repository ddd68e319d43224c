// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {Request, RequestState, RequestStatus} from "../../contracts/types/Market.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Claims whose input is missing, as the market keeps them. Here the test speaks for `InputRequests`.
contract SuspensionTest is MarketTest {
    uint8 internal constant INPUT_SHOWN = 8;

    function hidden() internal returns (Request memory asked) {
        asked = question();
        asked.inputPosted = false;
        post(asked);
        claim(asked);
    }

    function suspend(Request memory asked, address by) internal {
        vm.prank(address(inputRequests));
        market.suspend(asked, by);
    }

    function refuseSuspend(Request memory asked, address by, bytes memory expected) internal {
        refuseMarket(address(inputRequests), abi.encodeCall(market.suspend, (asked, by)), expected);
    }

    function test_suspend_aroundTheDeadline_S09() public {
        Request memory asked = hidden();
        Request memory late = hidden();
        vm.warp(START + 60);
        suspend(asked, WORKER);
        RequestState memory state = stateOf(asked);
        require(state.status == RequestStatus.InputMissing && state.worker == WORKER, "suspended");
        equal(state.deadline, START + 90, "post by");
        equal(account(WORKER).locked, 2 * LOCK, "the lock stays");
        vm.warp(START + 61);
        refuseSuspend(late, WORKER, passed(START + 60));
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.timeoutDelivery, (asked)),
            wrongStatus(asked, RequestStatus.InputMissing, RequestStatus.Claimed)
        );
        refuseSuspend(asked, WORKER, wrongStatus(asked, RequestStatus.InputMissing, RequestStatus.Claimed));
    }

    function test_suspend_whoMay_I50() public {
        Request memory asked = hidden();
        refuseSuspend(asked, KEY, notAuthorized(KEY, WORKER));
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        suspend(asked, KEY);
    }

    function test_suspend_postedInput_reverts_S09() public {
        Request memory asked = claimRequest();
        refuseSuspend(
            asked,
            WORKER,
            abi.encodeWithSelector(IInferenceMarket.InputIsPosted.selector, idOf(asked))
        );
    }

    function test_resume_aroundTheDeadline_S09_S14() public {
        Request memory asked = hidden();
        Request memory late = hidden();
        suspend(asked, WORKER);
        suspend(late, WORKER);
        vm.warp(START + 30);
        vm.prank(address(inputRequests));
        market.resume(asked);
        RequestState memory state = stateOf(asked);
        require(state.status == RequestStatus.Claimed && state.flags == INPUT_SHOWN, "resumed");
        equal(state.deadline, START + 50, "time to execute");
        refuseSuspend(
            asked,
            WORKER,
            abi.encodeWithSelector(IInferenceMarket.InputIsPosted.selector, idOf(asked))
        );
        bytes32 commitId = commit(asked, false);
        require(stateOf(asked).flags == INPUT_SHOWN, "kept through the commitment");
        challenge(asked, false, CHALLENGER);
        require(market.getCommitment(commitId).inputPosted, "it stands on the chain");
        vm.warp(START + 31);
        refuseMarket(address(inputRequests), abi.encodeCall(market.resume, (late)), passed(START + 30));
    }

    function test_forfeit_aroundTheDeadline_S09_I07() public {
        Request memory asked = question();
        asked.inputPosted = false;
        asked.fee = FEE + 1;
        post(asked);
        claim(asked);
        suspend(asked, WORKER);
        bytes memory data = abi.encodeCall(market.forfeit, (asked));
        vm.warp(START + 30);
        refuseMarket(address(inputRequests), data, notReached(START + 30));
        vm.warp(START + 31);
        vm.prank(address(inputRequests));
        market.forfeit(asked);
        require(status(asked) == RequestStatus.Expired, "expired");
        equal(credit(WORKER), FEE / 2, "half");
        equal(vault.pendingBurn(), FEE / 2 + 1, "the rest burns");
        equal(account(WORKER).free, STAKE, "lock");
        equal(credit(REQUESTER), 0, "nothing for silence");
        refuseMarket(
            address(inputRequests),
            data,
            wrongStatus(asked, RequestStatus.Expired, RequestStatus.InputMissing)
        );
    }

    function test_refundRetired_suspended_S05() public {
        Request memory asked = hidden();
        suspend(asked, WORKER);
        retire();
        market.refundRetired(asked);
        require(status(asked) == RequestStatus.Refunded, "refunded");
        equal(credit(REQUESTER), FEE, "fee");
        equal(account(WORKER).free, STAKE, "lock");
    }

    /// @notice A window that a hidden input keeps open: the request posted by root commits and is held as such.
    function test_hold_inputByRoot_isNotPosted_S09() public {
        Request memory asked = hidden();
        bytes32 commitId = commit(asked, false);
        challenge(asked, false, CHALLENGER);
        require(!market.getCommitment(commitId).inputPosted, "may be asked for");
    }
}
