// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {Request, RequestStatus} from "../../contracts/types/Market.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice The market of a deployment that chose a guardian and an audit pool.
contract GuardianTest is MarketTest {
    function guardian() internal pure override returns (address) {
        return GUARDIAN;
    }

    function auditPool() internal pure override returns (address) {
        return AUDIT_POOL;
    }

    function slashed() internal returns (Request memory asked, bytes32 commitId, bytes32 disputeId) {
        (asked, commitId, disputeId) = openDispute(CHALLENGER);
        convict(commitId, disputeId, CHALLENGER, 2);
    }

    function test_settle_auditPoolGetsItsShare_I04() public {
        (, bytes32 commitId, ) = slashed();
        vm.warp(START + 31);
        market.settle(commitId);
        equal(credit(AUDIT_POOL), LOCK / 20, "5 %");
        require(2 * vault.pendingBurn() >= LOCK, "I-05: at least half burns");
    }

    // flipToRefund

    function test_flipToRefund_aroundTheAirgap_I50_S15() public {
        (Request memory asked, bytes32 commitId, bytes32 disputeId) = slashed();
        (, bytes32 late, ) = slashed();
        equal(account(WORKER).free, STAKE - 2 * LOCK, "slashed");
        uint256 credited = credit(REQUESTER);
        vm.warp(START + 30);
        vm.prank(GUARDIAN);
        market.flipToRefund(commitId);
        equal(account(WORKER).free, STAKE - LOCK, "the lock is free stake");
        equal(credit(REQUESTER), credited, "the fee went back with the slash");
        require(status(asked) == RequestStatus.Refunded, "request");
        require(market.getCommitment(commitId).status == CommitmentStatus.Refunded, "commitment");
        game.settleDispute(disputeId);
        equal(credit(CHALLENGER), 10e18, "the bond is back");
        vm.warp(START + 31);
        refuseMarket(
            GUARDIAN,
            abi.encodeCall(market.flipToRefund, (late)),
            abi.encodeWithSelector(ICommitments.AirgapOver.selector, late, START + 30)
        );
        bytes memory ended = abi.encodeWithSelector(
            ICommitments.WrongCommitmentStatus.selector,
            commitId,
            CommitmentStatus.Refunded,
            CommitmentStatus.Slashed
        );
        refuseMarket(KEEPER, abi.encodeCall(market.settle, (commitId)), ended);
        refuseMarket(GUARDIAN, abi.encodeCall(market.flipToRefund, (commitId)), ended);
        market.settle(late);
    }

    /// @notice The guardian undoes slashes and nothing else: no open or final commitment is its to touch.
    function test_flipToRefund_notSlashed_reverts_I50() public {
        (Request memory asked, bytes32 commitId, ) = openDispute(CHALLENGER);
        bytes memory data = abi.encodeCall(market.flipToRefund, (commitId));
        refuseMarket(
            GUARDIAN,
            data,
            abi.encodeWithSelector(
                ICommitments.WrongCommitmentStatus.selector,
                commitId,
                CommitmentStatus.Open,
                CommitmentStatus.Slashed
            )
        );
        refuseMarket(STRANGER, data, abi.encodeWithSelector(ICommitments.NotGuardian.selector, STRANGER));
        require(status(asked) == RequestStatus.Committed, "untouched");
    }

    // pauseNew

    function paused(uint256 until) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.NewWorkPaused.selector, until);
    }

    function test_pauseNew_keepsOutNewWorkOnly_I51() public {
        Request memory open = makeRequest();
        Request memory toCommit = claimRequest();
        (Request memory toFinalize, ) = commitRequest();
        (Request memory disputed, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        vm.prank(GUARDIAN);
        market.pauseNew(100);
        Request memory asked = question();
        refuseMarket(REQUESTER, abi.encodeCall(market.request, (asked, INPUT)), paused(START + 100));
        refuseMarket(WORKER, abi.encodeCall(market.claim, (open, WORKER)), paused(START + 100));
        vm.prank(REQUESTER);
        market.cancel(open);
        commit(toCommit, false);
        challenge(toFinalize, false, FRIEND);
        convict(commitId, disputeId, CHALLENGER, 2);
        require(status(disputed) == RequestStatus.Slashed, "disputes go on");
        vm.warp(START + 61);
        collect(toCommit);
        market.settle(commitId);
        vm.warp(START + 100);
        refuseMarket(REQUESTER, abi.encodeCall(market.request, (asked, INPUT)), paused(START + 100));
        vm.warp(START + 101);
        post(asked); // by itself
        claim(asked);
    }

    function test_pauseNew_length_I51() public {
        bytes4 selector = IInferenceMarket.InvalidPause.selector;
        refuseMarket(
            GUARDIAN,
            abi.encodeCall(market.pauseNew, (0)),
            abi.encodeWithSelector(selector, 0, 7 days)
        );
        refuseMarket(
            GUARDIAN,
            abi.encodeCall(market.pauseNew, (7 days + 1)),
            abi.encodeWithSelector(selector, 7 days + 1, 7 days)
        );
        vm.prank(GUARDIAN);
        market.pauseNew(7 days);
    }

    /// @notice After a pause comes as long a time without.
    function test_pauseNew_again_onlyAfterAsLongWithout_I51() public {
        vm.prank(GUARDIAN);
        market.pauseNew(100);
        bytes memory again = abi.encodeCall(market.pauseNew, (5));
        bytes memory early = abi.encodeWithSelector(IInferenceMarket.InvalidPause.selector, 5, 7 days);
        refuseMarket(GUARDIAN, again, early);
        vm.warp(START + 101);
        refuseMarket(GUARDIAN, again, early);
        vm.warp(START + 200);
        refuseMarket(GUARDIAN, again, early);
        vm.warp(START + 201);
        vm.prank(GUARDIAN);
        market.pauseNew(5);
    }
}
