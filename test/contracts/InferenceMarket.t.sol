// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {FinalityLevel, Method, Request, RequestState, RequestStatus} from "../../contracts/types/Market.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Requests and claims. Answers are in Batches.t.sol.
contract InferenceMarketTest is MarketTest {
    function requestCall(Request memory asked, bytes memory input) internal view returns (bytes memory) {
        return abi.encodeCall(market.request, (asked, input));
    }

    function refuseRequest(Request memory asked, bytes memory expected) internal {
        refuseMarket(REQUESTER, requestCall(asked, INPUT), expected);
    }

    // request

    function test_request_valid_escrowsTheFee() public {
        Request memory asked = makeRequest();
        RequestState memory state = stateOf(asked);
        require(state.status == RequestStatus.Open && state.worker == address(0), "open");
        require(state.flags == 0 && state.batch == 0, "nothing else");
        equal(state.deadline, START + 50, "claim by");
        equal(vault.escrow(address(market)), FEE, "escrow");
        require(idOf(question()) != idOf(asked), "another salt, another request");
    }

    /// @notice The id binds every word of the question, the chain and the market.
    function test_request_idBindsEverything_I20_I54() public {
        Request memory asked = questionOf(1);
        bytes32 id = idOf(asked);
        bytes32 domain = keccak256("assay.request");
        require(id == keccak256(abi.encode(domain, block.chainid, market, asked)), "preimage");
        bytes memory words = abi.encode(asked);
        for (uint256 i = 0; i < 12; ++i) {
            bytes memory changed = bytes.concat(words);
            changed[32 * i + 31] = bytes1(uint8(changed[32 * i + 31]) ^ 1);
            bytes memory data = bytes.concat(market.requestIdOf.selector, changed);
            (bool success, bytes memory other) = address(market).staticcall(data);
            require(success && abi.decode(other, (bytes32)) != id, "a word does not count");
        }
        vm.chainId(5);
        require(idOf(asked) != id, "chain");
    }

    /// @notice Words that break their types make no request: their id would be another one for the same question.
    function test_request_dirtyWords_reverts_I54() public {
        for (uint256 i = 0; i < 12; ++i) {
            if (i == 2 || i == 3) continue; // whole words
            bytes memory data = requestCall(questionOf(1), INPUT);
            data[4 + 32 * i] = 0x80;
            vm.prank(REQUESTER);
            (bool success, ) = address(market).call(data);
            require(!success, "a dirty word was accepted");
        }
    }

    function test_request_twice_reverts_I54() public {
        Request memory asked = makeRequest();
        bytes memory expected = abi.encodeWithSelector(IInferenceMarket.RequestExists.selector, idOf(asked));
        refuseRequest(asked, expected);
        vm.prank(REQUESTER);
        market.cancel(asked);
        refuseRequest(asked, expected);
    }

    function test_request_ofAnother_reverts_I50() public {
        Request memory asked = question();
        refuseMarket(STRANGER, requestCall(asked, INPUT), notAuthorized(STRANGER, REQUESTER));
    }

    function test_request_badTerms_reverts() public {
        Request memory asked = question();
        asked.fee = 1e15 - 1;
        refuseRequest(asked, abi.encodeWithSelector(IInferenceMarket.FeeTooLow.selector, 1e15 - 1, 1e15));
        asked = question();
        asked.version = 2;
        refuseRequest(asked, abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        asked.version = 0;
        refuseRequest(asked, abi.encodeWithSelector(IParameters.UnknownVersion.selector, 0, 1));
        asked = question();
        asked.programId = bytes32(uint256(1));
        refuseRequest(
            asked,
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, asked.programId)
        );
        asked = question();
        asked.method = Method.Zk;
        refuseRequest(asked, abi.encodeWithSelector(IInferenceMarket.MethodNotOffered.selector, Method.Zk));
        asked.method = Method.Cryptoeconomic;
        refuseRequest(
            asked,
            abi.encodeWithSelector(IInferenceMarket.MethodNotOffered.selector, Method.Cryptoeconomic)
        );
        asked = question();
        asked.level = FinalityLevel.Accepted;
        refuseRequest(
            asked,
            abi.encodeWithSelector(
                IInferenceMarket.LevelNotOffered.selector,
                Method.Optimistic,
                FinalityLevel.Accepted
            )
        );
    }

    function test_request_input_mustBeTheRoots_S07() public {
        Request memory asked = question();
        bytes4 length = IInferenceMarket.WrongLength.selector;
        refuseMarket(REQUESTER, requestCall(asked, "1234567"), abi.encodeWithSelector(length, 7, 8));
        refuseMarket(
            REQUESTER,
            requestCall(asked, "12345679"),
            abi.encodeWithSelector(IInferenceMarket.WrongRoot.selector, tileHash("12345679"), asked.inputRoot)
        );
        asked.inputPosted = false;
        refuseRequest(asked, abi.encodeWithSelector(length, 8, 0));
        post(asked);
        require(stateOf(asked).status == RequestStatus.Open, "by root");
    }

    /// @notice What is kept off the chain must be small enough to be asked for, and there at all.
    function test_request_inputTooLargeToAskFor_reverts_S09() public {
        Request memory asked = question();
        asked.inputPosted = false;
        uint32 most = 4 * 1024 * 1024;
        uint32[3] memory sizes = [uint32(0), most + 1, most];
        for (uint256 i = 0; i < 3; ++i) {
            ProgramHeader memory h = header();
            h.inputBytes = sizes[i];
            h.tensorDepth = 5;
            vm.prank(PUBLISHER);
            asked.programId = registry.register(h, 0, 0, 0, "");
            if (sizes[i] == most) post(asked);
            else {
                refuseMarket(
                    REQUESTER,
                    requestCall(asked, ""),
                    abi.encodeWithSelector(IInferenceMarket.InputTooLarge.selector, sizes[i], most)
                );
            }
        }
    }

    function test_request_badCallback_reverts() public {
        bytes4 selector = IInferenceMarket.InvalidCallback.selector;
        Request memory asked = question();
        asked.callbackGas = 1;
        refuseRequest(asked, abi.encodeWithSelector(selector, 0, 1, 500_000));
        asked.consumer = KEY;
        asked.callbackGas = 0;
        refuseRequest(asked, abi.encodeWithSelector(selector, KEY, 0, 500_000));
        asked.callbackGas = 500_001;
        refuseRequest(asked, abi.encodeWithSelector(selector, KEY, 500_001, 500_000));
        asked.callbackGas = 500_000;
        post(asked);
    }

    function test_request_retiredProgram_reverts_S05() public {
        retire();
        refuseRequest(
            question(),
            abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId)
        );
    }

    function test_request_programTooDeep_reverts_S14() public {
        ProgramHeader memory deep = header();
        deep.slots = 65_537;
        Request memory asked = question();
        vm.prank(PUBLISHER);
        asked.programId = registry.register(deep, 0, 0, 0, "");
        bytes4 selector = IInferenceMarket.ProgramTooDeep.selector;
        refuseRequest(asked, abi.encodeWithSelector(selector, 5, 0, 4, 5));
        deep.slots = 65_536;
        deep.tensorDepth = 6;
        vm.prank(PUBLISHER);
        asked.programId = registry.register(deep, 0, 0, 0, "");
        refuseRequest(asked, abi.encodeWithSelector(selector, 4, 6, 4, 5));
        deep.tensorDepth = 5;
        vm.prank(PUBLISHER);
        asked.programId = registry.register(deep, 0, 0, 0, "");
        post(asked);
    }

    // cancel and expire

    function test_cancel_byRequester_returnsTheFee() public {
        Request memory asked = makeRequest();
        bytes memory data = abi.encodeCall(market.cancel, (asked));
        refuseMarket(STRANGER, data, notAuthorized(STRANGER, REQUESTER));
        vm.prank(REQUESTER);
        market.cancel(asked);
        require(status(asked) == RequestStatus.Cancelled, "cancelled");
        equal(credit(REQUESTER), FEE, "fee");
        refuseMarket(REQUESTER, data, wrongStatus(asked, RequestStatus.Cancelled, RequestStatus.Open));
        asked = claimRequest();
        refuseMarket(
            REQUESTER,
            abi.encodeCall(market.cancel, (asked)),
            wrongStatus(asked, RequestStatus.Claimed, RequestStatus.Open)
        );
    }

    function test_expire_aroundTheDeadline_I23() public {
        Request memory asked = makeRequest();
        bytes memory data = abi.encodeCall(market.expire, (asked));
        vm.warp(START + 49);
        refuseMarket(KEEPER, data, notReached(START + 50));
        vm.warp(START + 50);
        refuseMarket(KEEPER, data, notReached(START + 50));
        vm.warp(START + 51);
        vm.prank(KEEPER);
        market.expire(asked);
        require(status(asked) == RequestStatus.Expired, "expired");
        equal(credit(REQUESTER), FEE, "fee");
        refuseMarket(KEEPER, data, wrongStatus(asked, RequestStatus.Expired, RequestStatus.Open));
    }

    // claim

    function test_claim_aroundTheDeadline_I23() public {
        Request memory first = makeRequest();
        Request memory second = makeRequest();
        vm.warp(START + 50);
        claim(first);
        equal(stateOf(first).deadline, START + 110, "commit by");
        equal(account(WORKER).locked, LOCK, "locked");
        vm.warp(START + 51);
        refuseMarket(WORKER, abi.encodeCall(market.claim, (second, WORKER)), passed(START + 50));
    }

    function test_claim_whoMay_I50() public {
        Request memory asked = makeRequest();
        bytes memory data = abi.encodeCall(market.claim, (asked, WORKER));
        refuseMarket(KEY, data, notAuthorized(KEY, WORKER));
        vm.prank(WORKER);
        vault.setKey(KEY, 2); // a defender may not take work
        refuseMarket(KEY, data, notAuthorized(KEY, WORKER));
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        vm.prank(KEY);
        market.claim(asked, WORKER);
        require(stateOf(asked).worker == WORKER, "the account that staked");
        refuseMarket(WORKER, data, wrongStatus(asked, RequestStatus.Claimed, RequestStatus.Open));
    }

    function test_claim_namedWorkerOnly() public {
        Request memory asked = question();
        asked.worker = WORKER;
        post(asked);
        refuseMarket(
            STRANGER,
            abi.encodeCall(market.claim, (asked, STRANGER)),
            notAuthorized(STRANGER, WORKER)
        );
        claim(asked);
    }

    function test_claim_withoutStake_reverts_I12() public {
        Request memory asked = makeRequest();
        refuseMarket(
            STRANGER,
            abi.encodeCall(market.claim, (asked, STRANGER)),
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, STRANGER, 0, LOCK)
        );
    }

    function test_claim_retiredProgram_reverts_S05() public {
        Request memory asked = makeRequest();
        retire();
        refuseMarket(WORKER, abi.encodeCall(market.claim, (asked, WORKER)), notActive());
    }

    /// @notice A changed word is another request, and that one does not exist.
    function test_claim_otherTerms_reverts_I20() public {
        Request memory asked = makeRequest();
        asked.fee = 2 * FEE;
        refuseMarket(
            WORKER,
            abi.encodeCall(market.claim, (asked, WORKER)),
            wrongStatus(asked, RequestStatus.None, RequestStatus.Open)
        );
    }

    function testFuzz_claim_lockFollowsTheFee_I10(uint96 fee) public {
        Request memory asked = question();
        asked.fee = uint96(1e15 + (fee % 400e18));
        post(asked);
        claim(asked);
        uint256 lock = uint256(asked.fee) * 20 > LOCK ? uint256(asked.fee) * 20 : LOCK;
        equal(account(WORKER).locked, lock, "locked");
        bytes32 commitId = commit(asked, false);
        challenge(asked, false, CHALLENGER);
        equal(market.getCommitment(commitId).lock, lock, "lock of the commitment");
        equal(account(WORKER).locked, lock, "still locked");
    }

    // timeoutDelivery

    function test_timeoutDelivery_aroundTheDeadline_I23() public {
        Request memory asked = claimRequest();
        bytes memory data = abi.encodeCall(market.timeoutDelivery, (asked));
        vm.warp(START + 60);
        refuseMarket(KEEPER, data, notReached(START + 60));
        vm.warp(START + 61);
        vm.prank(KEEPER);
        market.timeoutDelivery(asked);
        require(status(asked) == RequestStatus.Refunded, "refunded");
        equal(credit(REQUESTER), FEE + LOCK / 100, "fee and penalty");
        equal(account(WORKER).locked, 0, "unlocked");
        equal(account(WORKER).free, STAKE - LOCK / 100, "the rest is free");
        equal(vault.escrow(address(market)), 0, "escrow");
        refuseMarket(KEEPER, data, wrongStatus(asked, RequestStatus.Refunded, RequestStatus.Claimed));
    }

    // refundRetired

    function test_refundRetired_claimedAndCommitted_S05() public {
        Request memory claimed = claimRequest();
        (Request memory committed, ) = commitRequest();
        (Request memory disputed, bytes32 commitId) = commitRequest();
        bytes32 disputeId = challenge(disputed, false, CHALLENGER);
        Request memory open = makeRequest();
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
        market.refundRetired(disputed);
        equal(credit(REQUESTER), 3 * FEE, "fees");
        equal(account(WORKER).free, STAKE, "locks");
        equal(account(WORKER).locked, 0, "no lock left");
        require(status(committed) == RequestStatus.Refunded, "refunded");
        require(market.getCommitment(commitId).lock == LOCK, "the books say what it was");
        game.settleDispute(disputeId);
        equal(credit(CHALLENGER), 10e18, "bond");
        vm.warp(START + 61);
        refuseMarket(KEEPER, abi.encodeCall(market.finalize, (committed)), notActive());
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.refundRetired, (disputed)),
            wrongStatus(disputed, RequestStatus.Refunded, RequestStatus.Committed)
        );
    }
}
