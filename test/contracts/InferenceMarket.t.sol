// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InferenceMarket} from "../../contracts/InferenceMarket.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {
    Commitment,
    FinalityLevel,
    Method,
    Request,
    RequestParams,
    RequestStatus
} from "../../contracts/types/Market.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {vm} from "./support/Vm.sol";

contract InferenceMarketTest is ProtocolTest {
    uint256 internal constant LOCK = 100e18;

    function wrongStatus(
        bytes32 requestId,
        RequestStatus given,
        RequestStatus required
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceMarket.WrongStatus.selector, requestId, given, required);
    }

    function refuseMarket(address caller, bytes memory data, bytes memory expected) internal {
        refuse(caller, address(market), data, expected);
    }

    function status(bytes32 requestId) internal view returns (RequestStatus) {
        return market.getRequest(requestId).status;
    }

    function retire() internal {
        IProgramRegistry.MalformedProof memory proof;
        proof.index = 3;
        proof.descriptor = descriptorAt(3);
        proof.path = descriptorPath(3);
        registry.proveMalformed(programId, proof);
    }

    // setGame

    function test_setGame_secondTimeOrStranger_reverts() public {
        bytes memory expected = abi.encodeWithSelector(IInferenceMarket.GameAlreadySet.selector);
        refuseMarket(address(this), abi.encodeCall(market.setGame, (STRANGER)), expected);
        market = new InferenceMarket(vault, registry, parameters);
        refuseMarket(STRANGER, abi.encodeCall(market.setGame, (STRANGER)), expected);
    }

    // request

    function test_request_valid_escrowsTheFee() public {
        bytes32 requestId = makeRequest();
        Request memory r = market.getRequest(requestId);
        require(r.requester == REQUESTER && r.status == RequestStatus.Open, "open");
        require(r.programId == programId && r.version == 1 && r.fee == FEE, "terms");
        require(r.inputRoot == tileHash("12345678") && r.commitId == 0, "roots");
        equal(r.deadline, START + 50, "claim by");
        equal(vault.escrow(address(market)), FEE, "escrow");
        equal(market.nonces(REQUESTER), 1, "nonce");
        require(makeRequest() != requestId, "the next id differs");
    }

    function refuseRequest(RequestParams memory p, bytes memory expected) internal {
        refuseMarket(REQUESTER, abi.encodeCall(market.request, (p)), expected);
    }

    function test_request_badParams_reverts() public {
        RequestParams memory p = params();
        p.fee = 1e15 - 1;
        refuseRequest(p, abi.encodeWithSelector(IInferenceMarket.FeeTooLow.selector, 1e15 - 1, 1e15));
        p = params();
        p.version = 2;
        refuseRequest(p, abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        p = params();
        p.input = "1234567";
        refuseRequest(p, abi.encodeWithSelector(IInferenceMarket.WrongLength.selector, 7, 8));
        p = params();
        p.programId = bytes32(uint256(1));
        refuseRequest(p, abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, p.programId));
        p = params();
        p.method = Method.Zk;
        refuseRequest(p, abi.encodeWithSelector(IInferenceMarket.MethodNotOffered.selector, Method.Zk));
        p.method = Method.Cryptoeconomic;
        refuseRequest(p, abi.encodeWithSelector(IInferenceMarket.MethodNotOffered.selector, p.method));
    }

    function test_request_badCallback_reverts() public {
        RequestParams memory p = params();
        p.callbackGas = 1;
        refuseRequest(p, abi.encodeWithSelector(IInferenceMarket.InvalidCallback.selector, 0, 1, 500_000));
        p.consumer = KEY;
        p.callbackGas = 0;
        refuseRequest(p, abi.encodeWithSelector(IInferenceMarket.InvalidCallback.selector, KEY, 0, 500_000));
        p.callbackGas = 500_001;
        refuseRequest(
            p,
            abi.encodeWithSelector(IInferenceMarket.InvalidCallback.selector, KEY, 500_001, 500_000)
        );
        p.callbackGas = 500_000;
        vm.prank(REQUESTER);
        market.request(p);
    }

    function test_request_retiredProgram_reverts_S05() public {
        retire();
        refuseRequest(
            params(),
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId)
        );
    }

    function test_request_programTooDeep_reverts_S14() public {
        ProgramHeader memory deep = header();
        deep.slots = 65_537;
        RequestParams memory p = params();
        vm.prank(PUBLISHER);
        p.programId = registry.register(deep, 0, 0, 0, "");
        bytes4 selector = IInferenceMarket.ProgramTooDeep.selector;
        refuseRequest(p, abi.encodeWithSelector(selector, 5, 0, 4, 5));
        deep.slots = 65_536;
        deep.tensorDepth = 6;
        vm.prank(PUBLISHER);
        p.programId = registry.register(deep, 0, 0, 0, "");
        refuseRequest(p, abi.encodeWithSelector(selector, 4, 6, 4, 5));
        deep.tensorDepth = 5;
        vm.prank(PUBLISHER);
        p.programId = registry.register(deep, 0, 0, 0, "");
        vm.prank(REQUESTER);
        market.request(p);
    }

    // cancel and expire

    function test_cancel_byRequester_returnsTheFee() public {
        bytes32 requestId = makeRequest();
        refuseMarket(
            STRANGER,
            abi.encodeCall(market.cancel, (requestId)),
            abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, STRANGER, REQUESTER)
        );
        vm.prank(REQUESTER);
        market.cancel(requestId);
        require(status(requestId) == RequestStatus.Cancelled, "cancelled");
        equal(account(REQUESTER).credit, FEE, "fee");
        refuseMarket(
            REQUESTER,
            abi.encodeCall(market.cancel, (requestId)),
            wrongStatus(requestId, RequestStatus.Cancelled, RequestStatus.Open)
        );
    }

    function test_expire_aroundTheDeadline() public {
        bytes32 requestId = makeRequest();
        bytes memory early = abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, START + 50);
        vm.warp(START + 49);
        refuseMarket(KEEPER, abi.encodeCall(market.expire, (requestId)), early);
        vm.warp(START + 50);
        refuseMarket(KEEPER, abi.encodeCall(market.expire, (requestId)), early);
        vm.warp(START + 51);
        vm.prank(KEEPER);
        market.expire(requestId);
        require(status(requestId) == RequestStatus.Expired, "expired");
        equal(account(REQUESTER).credit, FEE, "fee");
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.expire, (requestId)),
            wrongStatus(requestId, RequestStatus.Expired, RequestStatus.Open)
        );
    }

    // claim

    function test_claim_atAndAfterTheDeadline() public {
        bytes32 first = makeRequest();
        bytes32 second = makeRequest();
        vm.warp(START + 50);
        vm.prank(WORKER);
        market.claim(first, WORKER);
        equal(market.getRequest(first).deadline, START + 110, "commit by");
        equal(account(WORKER).locked, LOCK, "locked");
        vm.warp(START + 51);
        refuseMarket(
            WORKER,
            abi.encodeCall(market.claim, (second, WORKER)),
            abi.encodeWithSelector(IInferenceMarket.DeadlinePassed.selector, START + 50)
        );
    }

    function test_claim_whoMay() public {
        bytes32 requestId = makeRequest();
        bytes memory data = abi.encodeCall(market.claim, (requestId, WORKER));
        bytes memory no = abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, KEY, WORKER);
        refuseMarket(KEY, data, no);
        vm.prank(WORKER);
        vault.setKey(KEY, 2); // a defender may not take work
        refuseMarket(KEY, data, no);
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        vm.prank(KEY);
        market.claim(requestId, WORKER);
        require(market.getRequest(requestId).worker == WORKER, "the account that staked");
        refuseMarket(WORKER, data, wrongStatus(requestId, RequestStatus.Claimed, RequestStatus.Open));
    }

    function test_claim_namedWorkerOnly() public {
        RequestParams memory p = params();
        p.worker = WORKER;
        vm.prank(REQUESTER);
        bytes32 requestId = market.request(p);
        refuseMarket(
            STRANGER,
            abi.encodeCall(market.claim, (requestId, STRANGER)),
            abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, STRANGER, WORKER)
        );
        vm.prank(WORKER);
        market.claim(requestId, WORKER);
    }

    function test_claim_withoutStake_reverts_I12() public {
        bytes32 requestId = makeRequest();
        refuseMarket(
            STRANGER,
            abi.encodeCall(market.claim, (requestId, STRANGER)),
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, STRANGER, 0, LOCK)
        );
    }

    function test_claim_retiredProgram_reverts_S05() public {
        bytes32 requestId = makeRequest();
        retire();
        refuseMarket(
            WORKER,
            abi.encodeCall(market.claim, (requestId, WORKER)),
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId)
        );
    }

    function testFuzz_claim_lockFollowsTheFee_I10(uint96 fee) public {
        fee = uint96(1e15 + (fee % 400e18));
        RequestParams memory p = params();
        p.fee = fee;
        vm.prank(REQUESTER);
        bytes32 requestId = market.request(p);
        vm.prank(WORKER);
        market.claim(requestId, WORKER);
        uint256 lock = uint256(fee) * 20 > LOCK ? uint256(fee) * 20 : LOCK;
        equal(account(WORKER).locked, lock, "locked");
        vm.prank(WORKER);
        bytes32 commitId = market.commit(requestId, 1, outputOf(false));
        equal(market.getCommitment(commitId).lock, lock, "lock of the commitment");
        vm.warp(START + 61);
        market.finalize(requestId);
        equal(account(WORKER).locked, 0, "unlocked");
        equal(account(WORKER).credit, fee, "paid");
    }

    // commit

    function test_commit_atAndAfterTheDeadline_S07() public {
        bytes32 first = claimRequest();
        bytes32 second = claimRequest();
        vm.warp(START + 60);
        vm.prank(WORKER);
        bytes32 commitId = market.commit(first, 1, outputOf(false));
        equal(market.getRequest(first).deadline, START + 120, "the window starts with publication");
        Commitment memory c = market.getCommitment(commitId);
        require(c.requestId == first && c.worker == WORKER && c.passes == 1, "commitment");
        require(c.outputRoot == tileHash(outputOf(false)) && c.committedAt == START + 60, "output");
        require(market.commitmentStatus(commitId) == RequestStatus.Committed, "status");
        vm.warp(START + 61);
        refuseMarket(
            WORKER,
            abi.encodeCall(market.commit, (second, 1, outputOf(false))),
            abi.encodeWithSelector(IInferenceMarket.DeadlinePassed.selector, START + 60)
        );
    }

    function test_commit_badAnswer_reverts() public {
        bytes32 requestId = claimRequest();
        refuseMarket(
            WORKER,
            abi.encodeCall(market.commit, (requestId, 1, new bytes(15))),
            abi.encodeWithSelector(IInferenceMarket.WrongLength.selector, 15, 16)
        );
        refuseMarket(
            WORKER,
            abi.encodeCall(market.commit, (requestId, 0, outputOf(false))),
            abi.encodeWithSelector(IInferenceMarket.WrongPasses.selector, 0, 1)
        );
        refuseMarket(
            WORKER,
            abi.encodeCall(market.commit, (requestId, 2, outputOf(false))),
            abi.encodeWithSelector(IInferenceMarket.WrongPasses.selector, 2, 1)
        );
        refuseMarket(
            STRANGER,
            abi.encodeCall(market.commit, (requestId, 1, outputOf(false))),
            abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, STRANGER, WORKER)
        );
        bytes32 open = makeRequest();
        refuseMarket(
            WORKER,
            abi.encodeCall(market.commit, (open, 1, outputOf(false))),
            wrongStatus(open, RequestStatus.Open, RequestStatus.Claimed)
        );
    }

    // timeoutDelivery

    function test_timeoutDelivery_aroundTheDeadline() public {
        bytes32 requestId = claimRequest();
        bytes memory data = abi.encodeCall(market.timeoutDelivery, (requestId));
        bytes memory early = abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, START + 60);
        vm.warp(START + 60);
        refuseMarket(KEEPER, data, early);
        vm.warp(START + 61);
        vm.prank(KEEPER);
        market.timeoutDelivery(requestId);
        require(status(requestId) == RequestStatus.Refunded, "refunded");
        equal(account(REQUESTER).credit, FEE + LOCK / 100, "fee and penalty");
        equal(account(WORKER).locked, 0, "unlocked");
        equal(account(WORKER).free, STAKE - LOCK / 100, "the rest is free");
        equal(vault.escrow(address(market)), 0, "escrow");
        refuseMarket(KEEPER, data, wrongStatus(requestId, RequestStatus.Refunded, RequestStatus.Claimed));
    }

    // finalize

    function test_finalize_aroundTheWindow_I29() public {
        (bytes32 requestId, bytes32 commitId) = commitRequest();
        bytes memory data = abi.encodeCall(market.finalize, (requestId));
        (RequestStatus s, FinalityLevel level, bytes32 root) = market.result(requestId);
        require(s == RequestStatus.Committed && level == FinalityLevel.Provisional, "provisional");
        require(root == tileHash(outputOf(false)), "known at once");
        vm.warp(START + 60);
        refuseMarket(
            KEEPER,
            data,
            abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, START + 60)
        );
        vm.warp(START + 61);
        vm.prank(KEEPER);
        market.finalize(requestId);
        (s, level, ) = market.result(requestId);
        require(s == RequestStatus.Finalized && level == FinalityLevel.Final, "final");
        require(market.getRequest(requestId).commitId == commitId, "commitment");
        equal(account(WORKER).credit, FEE, "fee");
        equal(account(WORKER).free, STAKE, "lock");
        refuseMarket(KEEPER, data, wrongStatus(requestId, RequestStatus.Finalized, RequestStatus.Committed));
    }

    function test_finalize_withOpenDispute_reverts_I29() public {
        (bytes32 commitId, ) = openDispute(CHALLENGER);
        bytes32 requestId = market.getCommitment(commitId).requestId;
        vm.warp(START + 61);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.finalize, (requestId)),
            abi.encodeWithSelector(IInferenceMarket.DisputesOpen.selector, commitId, 1)
        );
    }

    function test_finalize_onRetiredProgram_reverts_S05() public {
        (bytes32 requestId, ) = commitRequest();
        retire();
        vm.warp(START + 61);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.finalize, (requestId)),
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId)
        );
        market.refundRetired(requestId);
        require(status(requestId) == RequestStatus.Refunded, "refunded");
    }

    // refundRetired

    function test_refundRetired_claimedAndCommitted_S05() public {
        bytes32 claimed = claimRequest();
        (bytes32 committed, ) = commitRequest();
        bytes32 open = makeRequest();
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.refundRetired, (committed)),
            abi.encodeWithSelector(IInferenceMarket.ProgramNotRetired.selector, programId)
        );
        retire();
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.refundRetired, (open)),
            wrongStatus(open, RequestStatus.Open, RequestStatus.Committed)
        );
        market.refundRetired(claimed);
        market.refundRetired(committed);
        equal(account(REQUESTER).credit, 2 * FEE, "fees");
        equal(account(WORKER).free, STAKE, "locks");
        equal(account(WORKER).locked, 0, "no lock left");
        require(status(committed) == RequestStatus.Refunded, "refunded");
        vm.warp(START + 61);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.finalize, (committed)),
            wrongStatus(committed, RequestStatus.Refunded, RequestStatus.Committed)
        );
    }

    // game only

    function test_gameOnly_byStranger_reverts_I50() public {
        (, bytes32 commitId) = commitRequest();
        bytes memory expected = abi.encodeWithSelector(IInferenceMarket.NotDisputeGame.selector, STRANGER);
        refuseMarket(STRANGER, abi.encodeCall(market.disputeOpened, (commitId)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.disputeLost, (commitId)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.slash, (commitId, STRANGER)), expected);
    }

    function test_slash_endedCommitment_reverts_I24() public {
        (bytes32 requestId, bytes32 commitId) = commitRequest();
        vm.warp(START + 61);
        market.finalize(requestId);
        bytes memory expected = abi.encodeWithSelector(IInferenceMarket.NotDisputable.selector, commitId);
        refuseMarket(address(game), abi.encodeCall(market.slash, (commitId, STRANGER)), expected);
        refuseMarket(address(game), abi.encodeCall(market.disputeOpened, (commitId)), expected);
    }

    // slash and settle

    function test_settle_aroundTheAirgap_I04_I30() public {
        (, bytes32 commitId) = commitRequest();
        vm.prank(CHALLENGER);
        game.challenge(commitId);
        vm.prank(address(game));
        market.slash(commitId, FRIEND);
        equal(account(REQUESTER).credit, FEE, "the fee is back at once");
        equal(account(WORKER).locked, 0, "slashed");
        equal(account(WORKER).free, STAKE - LOCK, "other stake is not touched");

        bytes memory data = abi.encodeCall(market.settle, (commitId));
        vm.warp(START + 30);
        refuseMarket(
            KEEPER,
            data,
            abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, START + 30)
        );
        vm.warp(START + 31);
        uint256 escrowed = vault.escrow(address(game));
        market.settle(commitId);
        uint256 compensation = 3 * FEE; // less than 20 % of the lock
        equal(account(FRIEND).credit, (LOCK * 15) / 100, "reporter");
        equal(account(REQUESTER).credit, FEE + compensation, "compensation");
        uint256 gas = vault.escrow(address(game)) - escrowed;
        equal(
            vault.pendingBurn() + gas + account(FRIEND).credit + compensation,
            LOCK,
            "I-04: the lock is gone to the last unit"
        );
        equal(vault.escrow(address(market)), 0, "escrow");
        refuseMarket(
            KEEPER,
            data,
            abi.encodeWithSelector(IInferenceMarket.AlreadySettled.selector, commitId)
        );
    }

    function test_settle_notSlashed_reverts() public {
        (bytes32 requestId, bytes32 commitId) = commitRequest();
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.settle, (commitId)),
            wrongStatus(requestId, RequestStatus.Committed, RequestStatus.Slashed)
        );
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.settle, (bytes32(uint256(1)))),
            wrongStatus(0, RequestStatus.None, RequestStatus.Slashed)
        );
    }
}
