// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Consumer} from "../../contracts/consumer/Consumer.sol";
import {IConsumer} from "../../contracts/interfaces/IConsumer.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {MockInferenceMarket} from "../../contracts/mocks/MockInferenceMarket.sol";
import {RequestParams, RequestStatus} from "../../contracts/types/Market.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice The least a consumer can be.
contract Oracle is Consumer {
    mapping(bytes32 requestId => bytes) public answers;

    constructor(IInferenceMarket market, IStakeVault vault) Consumer(market, vault) {}

    function ask(bytes32 programId, bytes calldata input, uint96 fee) external returns (bytes32) {
        return _request(programId, input, fee, 1, 200_000);
    }

    function cancel(bytes32 requestId) external {
        _cancel(requestId);
    }

    function refund(address to) external returns (uint256) {
        return _claimCredit(to);
    }

    function _fulfil(bytes32 requestId, bytes calldata output) internal override {
        answers[requestId] = output;
    }
}

/// @notice The same consumer on the real network and on the mock that consumers test with.
contract ConsumerTest is ProtocolTest {
    Oracle internal oracle;
    MockInferenceMarket internal mock;
    Oracle internal mocked;

    function setUp() public override {
        super.setUp();
        oracle = new Oracle(market, vault);
        mock = new MockInferenceMarket(address(token));
        mocked = new Oracle(IInferenceMarket(address(mock)), IStakeVault(address(mock)));
        token.mint(address(oracle), 10 * FEE);
        token.mint(address(mocked), 10 * FEE);
    }

    function ask(Oracle who) internal returns (bytes32) {
        return who.ask(programId, "12345678", FEE);
    }

    function answered(bytes32 requestId) internal {
        vm.startPrank(WORKER);
        market.claim(requestId, WORKER);
        market.commit(requestId, 1, outputOf(false));
        vm.stopPrank();
        vm.warp(block.timestamp + 61);
        market.finalize(requestId);
        market.deliver(requestId, outputOf(false));
    }

    function test_request_toFulfilment_succeeds() public {
        bytes32 requestId = ask(oracle);
        equal(token.balanceOf(address(oracle)), 9 * FEE, "paid");
        answered(requestId);
        require(keccak256(oracle.answers(requestId)) == keccak256(outputOf(false)), "answer");
    }

    function test_cancel_returnsTheFee() public {
        oracle.cancel(ask(oracle));
        equal(oracle.refund(STRANGER), FEE, "refund");
        equal(token.balanceOf(STRANGER), uint256(WEALTH) + FEE, "where it was sent");
    }

    function test_onInference_byStranger_reverts() public {
        bytes32 requestId = ask(oracle);
        refuse(
            STRANGER,
            address(oracle),
            abi.encodeCall(oracle.onInference, (requestId, "lie")),
            abi.encodeWithSelector(IConsumer.NotInferenceMarket.selector, STRANGER)
        );
    }

    function test_onInference_requestOfAnother_isIgnored() public {
        RequestParams memory p = params();
        (p.consumer, p.callbackGas) = (address(oracle), 200_000);
        vm.prank(STRANGER);
        bytes32 requestId = market.request(p);
        answered(requestId);
        require(market.getRequest(requestId).delivered, "delivered");
        equal(oracle.answers(requestId).length, 0, "but not taken");
        refuse(
            address(market),
            address(oracle),
            abi.encodeCall(oracle.onInference, (requestId, "")),
            abi.encodeWithSelector(IConsumer.UnknownRequest.selector, requestId)
        );
    }

    // The mock behaves as the network does

    function test_mock_fulfil_succeeds() public {
        bytes32 requestId = ask(mocked);
        require(mock.fulfil(requestId, "answer"), "taken");
        require(keccak256(mocked.answers(requestId)) == keccak256("answer"), "answer");
        refuse(
            KEEPER,
            address(mock),
            abi.encodeCall(mock.fulfil, (requestId, "again")),
            abi.encodeWithSelector(MockInferenceMarket.NotOpen.selector, requestId, RequestStatus.Finalized)
        );
    }

    function test_mock_endsWithoutResult_refunds() public {
        bytes32 failed = ask(mocked);
        bytes32 late = ask(mocked);
        bytes32 cancelled = ask(mocked);
        mock.fail(failed);
        mock.timeOut(late);
        mocked.cancel(cancelled);
        require(mock.purchase(failed).status == RequestStatus.Slashed, "slashed");
        require(mock.purchase(late).status == RequestStatus.Expired, "expired");
        require(mock.purchase(cancelled).status == RequestStatus.Cancelled, "cancelled");
        equal(mocked.refund(address(mocked)), 3 * FEE, "refunds");
        equal(token.balanceOf(address(mocked)), 10 * FEE, "all back");
    }

    function test_mock_hungryConsumer_isNotTaken() public {
        RequestParams memory p = params();
        (p.consumer, p.callbackGas) = (address(mocked), 1_000);
        vm.startPrank(STRANGER);
        token.approve(address(mock), FEE);
        bytes32 requestId = mock.request(p);
        vm.stopPrank();
        require(!mock.fulfil(requestId, "answer"), "out of gas");
    }
}
